// What the strangers' test needs and shell cannot do.
//
//   install_helper pictures FOLDER           two BMP files, a.bmp and b.bmp
//   install_helper same RESPONSES OUTPUT.h5  whether float32 [subjects, images, columns] are the
//                                            responses of the output, bit for bit
#include <hdf5.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/image/encoders.h"
#include "tests/support/temporary.h"

namespace {

using corticast::test::Bytes;

void put(Bytes& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

void write_bmp(const std::string& path, std::uint32_t width, std::uint32_t height) {
  const std::size_t pixels = (width * std::size_t{3} + 3) / 4 * 4 * height;
  Bytes bytes(54);
  std::memcpy(bytes.data(), "BM", 2);
  put(bytes, 2, static_cast<std::uint32_t>(54 + pixels));
  put(bytes, 10, 54);
  put(bytes, 14, 40);
  put(bytes, 18, width);
  put(bytes, 22, height);
  bytes[26] = 1;
  bytes[28] = 24;
  const Bytes noise = corticast::test::noise(pixels, width);
  bytes.insert(bytes.end(), noise.begin(), noise.end());
  corticast::test::write_text(path, {bytes.begin(), bytes.end()});
}

// Of both of its subjects, one after the other.
std::vector<float> responses_of(const char* path) {
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  std::vector<float> values;
  for (const char* subject : {"sub-01", "sub-03"}) {
    const std::string name = std::string("/responses/NaturalScenesDataset/") + subject;
    const hid_t dataset = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
    if (dataset < 0) throw std::runtime_error(path + (": no " + name));
    const hid_t space = H5Dget_space(dataset);
    std::vector<float> read(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    if (H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()) < 0) {
      throw std::runtime_error(path + (": cannot read " + name));
    }
    values.insert(values.end(), read.begin(), read.end());
    H5Sclose(space);
    H5Dclose(dataset);
  }
  H5Fclose(file);
  return values;
}

int same(const char* responses, const char* output) {
  const std::string bytes = corticast::test::read_text(responses);
  const std::vector<float> expected = responses_of(output);
  if (!expected.empty() && bytes.size() == expected.size() * sizeof(float) &&
      std::memcmp(bytes.data(), expected.data(), bytes.size()) == 0) {
    std::printf("%zu responses equal\n", expected.size());
    return 0;
  }
  std::fprintf(stderr, "%s (%zu bytes) differs from %s (%zu responses)\n", responses, bytes.size(),
               output, expected.size());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "pictures" && argc == 3) {
    write_bmp(argv[2] + std::string("/a.bmp"), 301, 255);
    write_bmp(argv[2] + std::string("/b.bmp"), 224, 230);
    return 0;
  }
  if (what == "same" && argc == 4) return same(argv[2], argv[3]);
  return 2;
}
