# podium_add_plugin(NAME SOURCES file... [LINK target...])
# A plugin: a MODULE without "lib" prefix, hidden visibility, every symbol resolved at link time. In this
# tree and in a stranger's (after find_package(podium-sdk)) it is the same call.
function(podium_add_plugin name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE podium::sdk ${arg_LINK})
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON)
  get_target_property(options ${name} LINK_OPTIONS)
  if(NOT "${CMAKE_CXX_FLAGS} ${CMAKE_EXE_LINKER_FLAGS} ${PODIUM_SANITIZE}" MATCHES "sanitize|address|thread")
    target_link_options(${name} PRIVATE LINKER:--no-undefined)
  endif()
  if(PODIUM_PLUGIN_DIR AND CMAKE_PROJECT_NAME STREQUAL "podium")
    set_target_properties(${name} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${PODIUM_PLUGIN_DIR})
    install(TARGETS ${name} LIBRARY DESTINATION ${PODIUM_PLUGIN_DIR})
  endif()
endfunction()
