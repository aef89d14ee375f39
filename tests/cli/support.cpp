#include "tests/cli/support.h"

#include <sys/wait.h>

#include <cstdlib>

#include "engine/atlas/vertices.h"
#include "engine/model/writer.h"
#include "tests/support/random.h"
#include "tests/support/temporary.h"

namespace corticast::test {
Outcome run_program(const std::string& program, const std::string& arguments,
                    const std::string& out) {
  const TemporaryFolder folder;
  // Nothing is remembered from one run to the next, and nothing of the user's is used.
  const std::string command = "CORTICAST_CACHE='" + (folder / "cache").string() + "' '" + program +
                              "' " + arguments + " >'" +
                              (out.empty() ? (folder / "out").string() : out) + "' 2>'" +
                              (folder / "err").string() + "'";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status),
          out.empty() ? read_text(folder / "out") : "", read_text(folder / "err")};
}

Outcome run_corticast(const std::string& arguments) {
  return run_program(CORTICAST_PROGRAM, arguments);
}

Outcome run_corticast(const std::string& arguments, const std::string& out) {
  return run_program(CORTICAST_PROGRAM, arguments, out);
}

Outcome run_corticast_weights(const std::string& arguments) {
  return run_program(CORTICAST_WEIGHTS_PROGRAM, arguments);
}

void make_model(const std::filesystem::path& path, bool atlas) {
  constexpr int kChannels = 8;
  ModelInfo info;
  info.model_id = atlas ? "test-visual" : "test-single";
  info.untrained = atlas;
  info.multihead = atlas;
  info.channels = kChannels;
  info.vertices = atlas ? 7831 : 5;
  info.vertex_set = atlas ? "visual" : "none";
  if (atlas) {
    info.grayordinates = vertex_list(VertexSet::kVisual);
    info.subjects = {*parse_subject("BOLD5000-02"), *parse_subject("NSD-01")};
  }
  info.preprocessing = "centre crop, 224x224";
  info.provenance.converter = "test";

  Random random(7);
  ModelWriter writer(path, info);
  int inputs = cnn8::kInputChannels;
  for (const cnn8::Block& block : cnn8::kBlocks) {
    writer.core_layer(
        random.floats(static_cast<std::size_t>(kChannels * inputs * block.kernel * block.kernel)),
        random.floats(kChannels));
    inputs = kChannels;
  }
  for (std::size_t readout = 0; readout < info.readouts(); ++readout) {
    writer.spatial_rows(random.floats(std::size_t{info.vertices} * cnn8::kPositions));
    writer.feature_rows(random.floats(std::size_t{info.vertices} * kChannels));
    writer.bias_rows(random.floats(info.vertices));
  }
  writer.finish();
}

}  // namespace corticast::test
