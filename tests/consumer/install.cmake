# Installs psock into `stage`, which is emptied first: cmake --install leaves
# alone what has the right time already, and what it installs no more.
file(REMOVE_RECURSE ${stage})
execute_process(
  COMMAND ${CMAKE_COMMAND} --install ${build} --config ${config} --prefix ${stage}
  COMMAND_ERROR_IS_FATAL ANY)
