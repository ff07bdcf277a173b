# podium_embed_assets(TARGET NAMESPACE namespace FILES file...)
# Puts the bytes of files into a target, by the assembler's .incbin, with a table of them in NAMESPACE:
# `std::span<const Asset> assets()` of the header "NAMESPACE_assets.hpp" that it writes. Nothing is compressed here: the
# server does that for whoever accepts it.
function(podium_embed_assets target)
  cmake_parse_arguments(arg "" "NAMESPACE" "FILES" ${ARGN})
  if(NOT arg_NAMESPACE OR NOT arg_FILES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "podium_embed_assets(TARGET NAMESPACE namespace FILES file...), not: ${target} ${ARGN}")
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_assets)
  set(bytes "")
  set(externs "")
  set(entries "")
  set(n 0)
  foreach(file IN LISTS arg_FILES)
    get_filename_component(file ${file} ABSOLUTE)
    get_filename_component(name ${file} NAME)
    file(SHA256 ${file} digest)
    string(SUBSTRING ${digest} 0 20 digest)
    set(symbol podium_${target}_asset_${n})
    string(MAKE_C_IDENTIFIER ${symbol} symbol)
    string(APPEND bytes "\".balign 16\\n\" \".globl ${symbol}\\n\" \".hidden ${symbol}\\n\" \"${symbol}: .incbin \\\"${file}\\\"\\n\"\n"
      "    \".globl ${symbol}_end\\n\" \".hidden ${symbol}_end\\n\" \"${symbol}_end: .byte 0\\n\"\n    ")
    string(APPEND externs "__attribute__((visibility(\"hidden\"))) extern const char ${symbol}[];\n"
      "__attribute__((visibility(\"hidden\"))) extern const char ${symbol}_end[];\n")
    string(APPEND entries "      {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}, \"\\\"${digest}\\\"\"},\n")
    math(EXPR n "${n} + 1")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/${arg_NAMESPACE}_assets.hpp CONTENT "#pragma once
// Written by EmbedAssets.cmake.
#include <span>
#include <string_view>

namespace @arg_NAMESPACE@ {

struct Asset {
  std::string_view name;
  std::string_view bytes;
  std::string_view etag;  // in quotes
};
std::span<const Asset> assets() noexcept;

}  // namespace @arg_NAMESPACE@
" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/assets.cpp CONTENT "// Written by EmbedAssets.cmake.
#include \"@arg_NAMESPACE@_assets.hpp\"

#include <cstddef>

__asm__(\".pushsection .rodata\\n\"
    @bytes@\".popsection\\n\");
extern \"C\" {
@externs@}

namespace @arg_NAMESPACE@ {

std::span<const Asset> assets() noexcept {
  static const Asset all[] = {
@entries@  };
  return all;
}

}  // namespace @arg_NAMESPACE@
" @ONLY)
  set_source_files_properties(${folder}/assets.cpp PROPERTIES OBJECT_DEPENDS "${arg_FILES}")
  target_sources(${target} PRIVATE ${folder}/assets.cpp)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
