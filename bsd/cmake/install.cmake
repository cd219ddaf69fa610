include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The headers have a folder of their own, for on the default path they would be
# found by programs that are not meant.
set(bsd_include_dir ${CMAKE_INSTALL_INCLUDEDIR}/psock-bsd)
if(WIN32)
  install(DIRECTORY include/ DESTINATION ${bsd_include_dir})
  target_include_directories(psock-bsd INTERFACE
    $<INSTALL_INTERFACE:${bsd_include_dir}>)
endif()
install(TARGETS psock-bsd psock-bsd-unix EXPORT psock-bsd-targets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

# The CMake package: find_package(psock-bsd), then link psock::bsd.
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/psock-bsd)
set(PSOCK_BSD_DEPENDENCIES)
if(WIN32)
  set(PSOCK_BSD_DEPENDENCIES "include(CMakeFindDependencyMacro)
find_dependency(psock ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
")
endif()
configure_package_config_file(cmake/psock-bsd-config.cmake.in
  psock-bsd-config.cmake
  INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(psock-bsd-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT psock-bsd-targets NAMESPACE psock:: DESTINATION ${package_dir})
install(FILES
  ${PROJECT_BINARY_DIR}/psock-bsd-config.cmake
  ${PROJECT_BINARY_DIR}/psock-bsd-config-version.cmake
  DESTINATION ${package_dir})

# The pkg-config file.  One line is to be enough, so a static library brings all
# that it needs without being asked by --static; elsewhere than on Windows there is
# nothing to bring.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH PC_UP /prefix/${pc_dir} /prefix)
string(REGEX REPLACE "/$" "" PC_UP "${PC_UP}")
set(PC_CFLAGS)
set(PC_LIBS)
if(WIN32)
  set(PC_CFLAGS " -I\${includedir}/psock-bsd")
  set(PC_LIBS " -L\${libdir} -lpsock-bsd")
  if(NOT BUILD_SHARED_LIBS)
    string(APPEND PC_LIBS " -lpsock -lws2_32 -liphlpapi -lntdll")
  endif()
endif()
configure_file(cmake/psock-bsd.pc.in psock-bsd.pc @ONLY)
list(JOIN PSOCK_BSD_UNIX_FLAGS " " unix_flags)
string(APPEND PC_CFLAGS " ${unix_flags}")
configure_file(cmake/psock-bsd.pc.in psock-bsd-unix.pc @ONLY)
install(FILES
  ${PROJECT_BINARY_DIR}/psock-bsd.pc
  ${PROJECT_BINARY_DIR}/psock-bsd-unix.pc
  DESTINATION ${pc_dir})
