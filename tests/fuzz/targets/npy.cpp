// A .npy file in each of its parts: image array, matrix of weights, mask of vertices.
#include <vector>

#include "engine/atlas/command_selection.h"
#include "engine/atlas/matrix_formats.h"
#include "engine/base/npy.h"
#include "engine/image/array_input.h"
#include "engine/image/preprocess.h"
#include "tests/fuzz/target.h"

using namespace corticast;

namespace {

constexpr std::uint64_t kMostPixels = 1u << 16;

void read_images(const std::string& path) {
  const ArrayInput array = open_array(path);
  if (array.rows == 0 || std::uint64_t{array.height} * array.width > kMostPixels) return;
  std::vector<std::uint8_t> image(std::size_t{3} * kNetworkSide * kNetworkSide);
  load_array_row(array, array.rows - 1, image.data());
}

void read_matrix(const std::string& path) {
  const auto matrix = open_npy_matrix(path);
  const std::vector<std::uint64_t>& shape = matrix->shape();
  if (shape.size() != 2 || shape[0] == 0 || shape[1] == 0) return;
  std::uint64_t weights = 0;
  double sum = 0;
  matrix->read([&](const MatrixBlock& block) {
    fuzz::demand(block.first_output + block.outputs <= shape[0] &&
                     block.first_column + block.columns <= shape[1],
                 "a block lies in the matrix");
    weights += block.outputs * block.columns;
    sum += block.values[(block.outputs - 1) * block.output_stride +
                        (block.columns - 1) * block.column_stride];
  });
  fuzz::demand(weights == shape[0] * shape[1], "every weight comes once");
  [[maybe_unused]] volatile double used = sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes = fuzz::bytes_of(data, size);
  NpyHeader header;
  const bool parsed =
      fuzz::answers([&] { header = parse_npy(bytes, "x", ErrorCode::kUsage, NpyOrder::kEither); });
  if (!parsed) return 0;
  fuzz::demand(header.data_offset + header.items * header.item_bytes <= size,
               "the data are all there");
  if (header.shape.size() <= 32 && header.items < 4096) {
    std::string again = make_npy_header(header.dtype, header.shape);
    again.resize(again.size() + header.items * header.item_bytes);
    fuzz::demand(parse_npy(as_byte_span(again), "x", ErrorCode::kUsage).shape == header.shape,
                 "a header that is written reads the same");
  }
  const fuzz::MemoryFile file(bytes);
  fuzz::answers([&] { read_images(file.path()); });
  fuzz::answers([&] { read_matrix(file.path()); });
  fuzz::answers([&] { (void)read_mask(file.path(), header.items); });
  return 0;
}
