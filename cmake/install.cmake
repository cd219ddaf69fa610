include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS psock EXPORT psock-targets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/psock DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

# The CMake package: find_package(psock), then link psock::psock.  Programs link
# what a static library needs themselves.
set(PSOCK_PACKAGE_DEPENDENCIES)
if(Threads::Threads IN_LIST PSOCK_LIBRARIES AND NOT BUILD_SHARED_LIBS)
  set(PSOCK_PACKAGE_DEPENDENCIES "include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)
")
endif()
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/psock)
configure_package_config_file(cmake/psock-config.cmake.in psock-config.cmake
  INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(psock-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT psock-targets NAMESPACE psock:: DESTINATION ${package_dir})
install(FILES
  ${PROJECT_BINARY_DIR}/psock-config.cmake
  ${PROJECT_BINARY_DIR}/psock-config-version.cmake
  DESTINATION ${package_dir})

# The pkg-config file, which finds the rest from where it stands itself, so an
# installed tree can be moved.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH PC_UP
  /prefix/${pc_dir} /prefix)
string(REGEX REPLACE "/$" "" PC_UP "${PC_UP}")
set(PC_LIBS_PRIVATE ${PSOCK_LIBRARIES})
list(REMOVE_ITEM PC_LIBS_PRIVATE Threads::Threads)
list(TRANSFORM PC_LIBS_PRIVATE PREPEND -l)
if(Threads::Threads IN_LIST PSOCK_LIBRARIES)
  list(APPEND PC_LIBS_PRIVATE -pthread)
endif()
list(JOIN PC_LIBS_PRIVATE " " PC_LIBS_PRIVATE)
set(PC_CFLAGS)
if(BUILD_SHARED_LIBS)
  set(PC_CFLAGS " -DPSOCK_SHARED")
endif()
configure_file(cmake/psock.pc.in psock.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/psock.pc DESTINATION ${pc_dir})
