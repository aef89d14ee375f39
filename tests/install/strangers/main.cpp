// What example.c does, in C++17, with the picture's samples in planes.
//
//   main MODEL ROI RESPONSES PICTURE.bmp...
#include <corticast/corticast.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

struct Picture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> planes;  // [3, height, width], RGB
};

Picture read_bmp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes.at(at)); };
  const auto number = [&](std::size_t at) {
    return static_cast<std::uint32_t>(byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16);
  };
  Picture picture;
  picture.width = number(18);
  picture.height = number(22);
  const std::size_t row = (picture.width * std::size_t{3} + 3) / 4 * 4;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t y = 0; y < picture.height; ++y) {
      for (std::size_t x = 0; x < picture.width; ++x) {
        picture.planes.push_back(byte(54 + row * (picture.height - 1 - y) + 3 * x + 2 - c));
      }
    }
  }
  return picture;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  try {
    std::vector<Picture> pictures;
    for (int i = 4; i < argc; ++i) pictures.push_back(read_bmp(argv[i]));
    std::vector<corticast::Image> images;
    for (const Picture& picture : pictures) {
      images.push_back(corticast::planes(picture.planes.data(), picture.width, picture.height));
    }

    corticast::Options options;
    options.roi = argv[2];
    options.log = [](const std::string& message) { std::printf("%s\n", message.c_str()); };
    corticast::Encoder encoder(corticast::Model(argv[1]), options);
    const std::vector<std::vector<float>> responses = encoder.encode(images);

    std::ofstream out(argv[3], std::ios::binary);
    for (std::size_t t = 0; t < encoder.targets(); ++t) {
      std::printf("%s on %s: %g\n", encoder.target_name(t).c_str(), encoder.device().c_str(),
                  static_cast<double>(responses[t].at(0)));
      out.write(reinterpret_cast<const char*>(responses[t].data()),
                static_cast<std::streamsize>(responses[t].size() * sizeof(float)));
    }
    return out.good() ? 0 : 1;
  } catch (const corticast::Error& error) {
    std::fprintf(stderr, "%s\n  %s\n", error.what(), error.hint().c_str());
    return error.code();
  }
}
