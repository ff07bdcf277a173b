#include "plots/found.hpp"

#include <nlohmann/json.hpp>

#include "outputs.hpp"
#include "plots/figure.hpp"
#include "podium/artifact_uri.hpp"
#include "podium/blob_store.hpp"
#include "podium/error.hpp"

namespace podium::comparison {

FoundPlots find_plots(PluginContext& context, const Reader& reader, const Principal& who,
                      const Selected& selected, const Cancel& cancel) {
  ComparedArtifacts artifacts = read_artifacts(context, reader, who, selected, "", cancel, false);
  FoundPlots out;
  out.prefixes = std::move(artifacts.prefixes);
  out.unread = std::move(artifacts.unread);
  out.truncated = artifacts.truncated;
  for (const ComparedArtifact& artifact : artifacts.artifacts) {
    if (!may_be_figure(artifact.path)) continue;
    const PlotName name = plot_name(artifact.path);
    auto& files = out.plots[name.plot];
    files.resize(selected.tasks.size());
    for (std::size_t t = 0; t < artifact.sizes.size(); ++t) {
      if (!artifact.sizes[t]) continue;
      if (files[t] && files[t]->iteration > name.iteration) continue;
      files[t] =
          PlotFile{artifact.path, name.iteration, static_cast<std::uint64_t>(*artifact.sizes[t])};
    }
  }
  return out;
}

Json PlotReader::read(const std::string& prefix, const PlotFile& file) {
  if (file.size > largest_file) throw Error(ErrorCode::too_large, "it is larger than 16 MiB");
  if (file.size > left_) {
    left_ = 0;
    throw Error(ErrorCode::too_large, "the plots before it were 256 MiB together: name fewer");
  }
  const auto blob = blobs_.open(blob_below(prefix, file.path));
  if (!blob) throw Error(ErrorCode::not_found, "it was removed meanwhile");
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(blob->size(), largest_file)),
                    '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const std::size_t n = blob->read(have, std::span<char>(bytes).subspan(have));
    if (n == 0) break;
    have += n;
  }
  bytes.resize(have);
  left_ -= std::min<std::uint64_t>(left_, have);
  return read_figure(bytes, is_html(file.path), &json_);
}

}  // namespace podium::comparison
