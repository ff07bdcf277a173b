# What is run in development is what is installed: build/bin/podium, build/lib/podium/plugins/*.so.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(PODIUM_PLUGIN_DIR lib/podium/plugins)
set(CMAKE_INSTALL_LIBDIR lib)
set(CMAKE_SKIP_BUILD_RPATH OFF)
