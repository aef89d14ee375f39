#include "tests/image/encoders.h"

#include <zlib.h>

#include <cstdio>  // jpeglib.h needs FILE declared before it

#include <jpeglib.h>

#include <cstdlib>
#include <random>
#include <stdexcept>

namespace corticast::test {
namespace {

void big32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void little(Bytes& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint32_t channels_of(int colour_type) {
  switch (colour_type) {
    case 2:
      return 3;
    case 4:
      return 2;
    case 6:
      return 4;
    default:
      return 1;
  }
}

// The rows of every `dx`-th pixel from (x0, y0), each behind filter type 0.
void append_pass(Bytes& raw, const PngSpec& spec, std::uint32_t x0, std::uint32_t y0,
                 std::uint32_t dx, std::uint32_t dy) {
  const std::uint32_t channels = channels_of(spec.colour_type);
  if (x0 >= spec.width) return;
  for (std::uint32_t y = y0; y < spec.height; y += dy) {
    raw.push_back(0);
    unsigned pending = 0;
    int filled = 0;
    for (std::uint32_t x = x0; x < spec.width; x += dx) {
      for (std::uint32_t c = 0; c < channels; ++c) {
        const unsigned sample = spec.samples.at((y * spec.width + x) * channels + c);
        if (spec.bits == 16) raw.push_back(static_cast<std::uint8_t>(sample >> 8));
        if (spec.bits >= 8) {
          raw.push_back(static_cast<std::uint8_t>(sample));
          continue;
        }
        pending = pending << spec.bits | sample;
        filled += spec.bits;
        if (filled == 8) {
          raw.push_back(static_cast<std::uint8_t>(pending));
          pending = 0;
          filled = 0;
        }
      }
    }
    if (filled > 0) raw.push_back(static_cast<std::uint8_t>(pending << (8 - filled)));
  }
}

}  // namespace

Bytes noise(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 24);
  return bytes;
}

void append_png_chunk(Bytes& png, const std::string& type, const Bytes& data) {
  big32(png, static_cast<std::uint32_t>(data.size()));
  const std::size_t start = png.size();
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), data.begin(), data.end());
  big32(png, static_cast<std::uint32_t>(
                 ::crc32(0, png.data() + start, static_cast<uInt>(png.size() - start))));
}

Bytes make_png(const PngSpec& spec) {
  Bytes png = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  Bytes header;
  big32(header, spec.width);
  big32(header, spec.height);
  header.push_back(static_cast<std::uint8_t>(spec.bits));
  header.push_back(static_cast<std::uint8_t>(spec.colour_type));
  header.insert(header.end(), {0, 0, static_cast<std::uint8_t>(spec.interlaced)});
  append_png_chunk(png, "IHDR", header);
  append_png_chunk(png, "gAMA", {0, 0, 0x27, 0x10});  // must have no effect
  if (!spec.palette.empty()) append_png_chunk(png, "PLTE", spec.palette);
  if (!spec.transparency.empty()) append_png_chunk(png, "tRNS", spec.transparency);

  Bytes raw;
  if (spec.interlaced) {
    constexpr std::uint32_t kPasses[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                             {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    for (const auto& pass : kPasses) append_pass(raw, spec, pass[0], pass[1], pass[2], pass[3]);
  } else {
    append_pass(raw, spec, 0, 0, 1, 1);
  }
  uLongf length = ::compressBound(static_cast<uLong>(raw.size()));
  Bytes packed(length);
  if (::compress(packed.data(), &length, raw.data(), static_cast<uLong>(raw.size())) != Z_OK) {
    throw std::runtime_error("compress failed");
  }
  packed.resize(length);
  append_png_chunk(png, "IDAT", packed);
  append_png_chunk(png, "IEND", {});
  return png;
}

Bytes make_jpeg(const JpegSpec& spec, const Bytes& samples) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = static_cast<JDIMENSION>(spec.width);
  info.image_height = static_cast<JDIMENSION>(spec.height);
  info.input_components = spec.components;
  info.in_color_space = spec.components == 1   ? JCS_GRAYSCALE
                        : spec.components == 3 ? JCS_RGB
                                               : JCS_CMYK;
  jpeg_set_defaults(&info);
  if (spec.progressive) jpeg_simple_progression(&info);
  if (spec.components == 3 && !spec.subsampled) {
    info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
  }
  jpeg_start_compress(&info, TRUE);
  Bytes copy = samples;
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = copy.data() + static_cast<std::size_t>(info.next_scanline) * info.image_width *
                                     static_cast<std::size_t>(spec.components);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  Bytes file(memory, memory + size);
  std::free(memory);
  return file;
}

Bytes make_bmp(const BmpSpec& spec) {
  const std::uint32_t header = spec.os2 ? 12 : 40;
  const auto offset = static_cast<std::uint32_t>(14 + header + spec.palette.size());
  Bytes bmp = {'B', 'M'};
  little(bmp, static_cast<std::uint32_t>(offset + spec.pixels.size()), 4);
  little(bmp, 0, 4);
  little(bmp, offset, 4);
  little(bmp, header, 4);
  little(bmp, static_cast<std::uint32_t>(spec.width), spec.os2 ? 2 : 4);
  little(bmp, static_cast<std::uint32_t>(spec.height), spec.os2 ? 2 : 4);
  little(bmp, 1, 2);
  little(bmp, static_cast<std::uint32_t>(spec.bits), 2);
  if (!spec.os2) {
    little(bmp, spec.compression, 4);
    for (int i = 0; i < 3; ++i) little(bmp, 0, 4);
    little(bmp, spec.colours, 4);
    little(bmp, 0, 4);
  }
  bmp.insert(bmp.end(), spec.palette.begin(), spec.palette.end());
  bmp.insert(bmp.end(), spec.pixels.begin(), spec.pixels.end());
  return bmp;
}

}  // namespace corticast::test
