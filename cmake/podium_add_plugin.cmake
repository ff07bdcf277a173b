# In this tree and in a stranger's, after find_package(podium-sdk), these are the same calls.
set(PODIUM_PLUGIN_TEST_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/podium_plugin_test.sh)

# podium_add_plugin(NAME SOURCES file... [LINK target...] [NO_INSTALL])
# A plugin: a MODULE without "lib" prefix, hidden visibility, every symbol resolved at link time.
# `cmake --install` puts it into PREFIX/lib/podium/plugins unless NO_INSTALL is given.
function(podium_add_plugin name)
  cmake_parse_arguments(arg "NO_INSTALL" "" "SOURCES;LINK" ${ARGN})
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "podium_add_plugin(NAME SOURCES file... [LINK target...] [NO_INSTALL]), "
                        "not: ${name} ${ARGN}")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE podium::sdk ${arg_LINK})
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON CXX_STANDARD_REQUIRED ON)
  # Turns a missing symbol into an error of the linker. A sanitizer's symbols come from the host.
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  get_target_property(options ${name} COMPILE_OPTIONS)
  get_directory_property(link_options LINK_OPTIONS)
  if(NOT "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${CMAKE_EXE_LINKER_FLAGS} ${CMAKE_MODULE_LINKER_FLAGS} ${options} ${link_options}"
     MATCHES "-fsanitize")
    target_link_options(${name} PRIVATE LINKER:--no-undefined)
  endif()
  if(NOT arg_NO_INSTALL)
    install(TARGETS ${name} LIBRARY DESTINATION ${PODIUM_PLUGIN_DIR})
    if(CMAKE_PROJECT_NAME STREQUAL "podium")
      set_target_properties(${name} PROPERTIES
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${PODIUM_PLUGIN_DIR})
    endif()
  endif()
endfunction()

# podium_add_plugin_test(NAME PLUGIN target COMMAND command... [CONFIG podium.toml] [TIMEOUT seconds])
# A CTest entry that starts a podium with the plugin on a free port and a temporary store, runs the command
# with PODIUM_URL (and PODIUM_DATA) in its environment, and stops the podium. It passes when the command
# and the podium both end with 0.
function(podium_add_plugin_test name)
  cmake_parse_arguments(arg "" "PLUGIN;CONFIG;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT arg_PLUGIN OR NOT arg_COMMAND OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "podium_add_plugin_test(NAME PLUGIN target COMMAND command... "
                        "[CONFIG podium.toml] [TIMEOUT seconds]), not: ${name} ${ARGN}")
  endif()
  if(TARGET podium)
    set(executable $<TARGET_FILE:podium>)
  else()
    set(executable ${PODIUM_EXECUTABLE})
  endif()
  set(config "")
  if(arg_CONFIG)
    get_filename_component(file ${arg_CONFIG} ABSOLUTE)
    set(config --config ${file})
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND sh ${PODIUM_PLUGIN_TEST_SCRIPT} ${config} ${executable}
    $<TARGET_FILE:${arg_PLUGIN}> ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()
