# What `cmake --install` puts there for authors of plugins: include/podium and lib/cmake/podium-sdk.
include(CMakePackageConfigHelpers)
set(podium_sdk_cmake ${CMAKE_INSTALL_LIBDIR}/cmake/podium-sdk)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/host/include/podium DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT sdk FILES_MATCHING PATTERN *.hpp)
install(FILES ${PODIUM_GENERATED_INCLUDE}/podium/abi_fingerprint.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/podium COMPONENT sdk)
install(TARGETS podium_sdk EXPORT podium-sdk-targets)
install(EXPORT podium-sdk-targets NAMESPACE podium:: DESTINATION ${podium_sdk_cmake} COMPONENT sdk)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/podium-sdk-config.cmake.in
  ${CMAKE_BINARY_DIR}/generated/podium-sdk-config.cmake
  INSTALL_DESTINATION ${podium_sdk_cmake} PATH_VARS CMAKE_INSTALL_BINDIR)
# Until 1.0 a plugin is rebuilt with each release; the ABI tag checks that it was.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/podium-sdk-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  ${CMAKE_BINARY_DIR}/generated/podium-sdk-config.cmake
  ${CMAKE_BINARY_DIR}/generated/podium-sdk-config-version.cmake
  ${CMAKE_SOURCE_DIR}/cmake/podium_add_plugin.cmake
  ${CMAKE_SOURCE_DIR}/cmake/podium_plugin_test.sh
  DESTINATION ${podium_sdk_cmake} COMPONENT sdk)
