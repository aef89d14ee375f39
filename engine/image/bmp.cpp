#include "engine/image/bmp.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/base/checked_math.h"
#include "engine/base/text.h"
#include "engine/image/decode_limits.h"
#include "engine/image/stb_bmp.h"

namespace corticast {
namespace {

constexpr std::uint64_t kFileHeader = 14;
constexpr std::uint64_t kInfoHeader = 40;
constexpr const char* kRemedy = "Convert it to a 24-bit BMP or a PNG.";

struct BmpHeader {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool top_down = false;
  std::uint32_t bits = 0;
  std::uint64_t palette_offset = 0;
  std::uint64_t palette_entry_bytes = 0;  // 3 in OS/2 files, else 4
  std::uint64_t palette_entries = 0;      // stored and usable, at most 2^bits
  std::uint64_t pixel_offset = 0;
  std::uint64_t row_bytes = 0;  // without padding
  std::uint64_t stride = 0;     // rows are padded to 4 bytes
};

// Little-endian reads that refuse to leave the file.
class Fields {
 public:
  explicit Fields(ByteSpan file) : file_(file) {}
  std::uint32_t u16(std::uint64_t offset) const { return load<std::uint16_t>(offset); }
  std::uint32_t u32(std::uint64_t offset) const { return load<std::uint32_t>(offset); }

 private:
  template <typename T>
  T load(std::uint64_t offset) const {
    if (!fits(offset, sizeof(T), file_.size())) refuse_image("BMP: the header is cut short");
    return load_le<T>(file_.data() + offset);
  }
  ByteSpan file_;
};

void check_pixel_format(const Fields& fields, std::uint64_t header_bytes, std::uint32_t bits) {
  constexpr std::array<std::uint32_t, 5> kDepths = {1, 4, 8, 24, 32};
  if (std::ranges::find(kDepths, bits) == kDepths.end()) {
    refuse_image("BMP: " + std::to_string(bits) + " bits per pixel, expected 1, 4, 8, 24 or 32",
                 kRemedy);
  }
  const std::uint32_t compression = header_bytes == 12 ? 0 : fields.u32(30);
  if (compression == 0) return;
  // Bit fields that only spell out the default order of a 32-bit pixel: blue, green, red, unused.
  const bool spelled_out = compression == 3 && bits == 32 && fields.u32(54) == 0xFF0000 &&
                           fields.u32(58) == 0xFF00 && fields.u32(62) == 0xFF;
  if (!spelled_out) {
    refuse_image("BMP: compression or bit fields (kind " + std::to_string(compression) + ")",
                 kRemedy);
  }
}

BmpHeader parse_header(ByteSpan file) {
  const Fields fields(file);
  BmpHeader header;
  header.pixel_offset = fields.u32(10);
  const std::uint64_t header_bytes = fields.u32(14);
  constexpr std::array<std::uint64_t, 7> kHeaderSizes = {12, 40, 52, 56, 64, 108, 124};
  if (std::ranges::find(kHeaderSizes, header_bytes) == kHeaderSizes.end()) {
    refuse_image("BMP: a header of " + std::to_string(header_bytes) + " bytes is not known",
                 kRemedy);
  }
  const bool os2 = header_bytes == 12;
  std::int64_t height = 0;
  if (os2) {
    header.width = fields.u16(18);
    height = fields.u16(20);
  } else {
    header.width = fields.u32(18);
    height = static_cast<std::int32_t>(fields.u32(22));
  }
  header.top_down = height < 0;
  check_image_size(header.width, static_cast<std::uint64_t>(height < 0 ? -height : height));
  header.height = static_cast<std::uint32_t>(height < 0 ? -height : height);
  header.bits = fields.u16(os2 ? 24 : 28);
  check_pixel_format(fields, header_bytes, header.bits);

  if (header.bits <= 8) {
    const std::uint64_t full = 1u << header.bits;
    const std::uint64_t declared = os2 ? 0 : fields.u32(46);
    const std::uint64_t stored = declared == 0 ? full : declared;
    if (stored > 256) {
      refuse_image("BMP: a palette of " + grouped(stored) + " colours, at most 256 are possible");
    }
    header.palette_entry_bytes = os2 ? 3 : 4;
    header.palette_offset = kFileHeader + header_bytes;
    // Some writers point at the palette where they should point past it.
    if (header.pixel_offset == header.palette_offset) {
      header.pixel_offset += stored * header.palette_entry_bytes;
    }
    header.palette_entries = std::min(stored, full);
    if (!fits(header.palette_offset, header.palette_entries * header.palette_entry_bytes,
              file.size())) {
      refuse_image("BMP: the palette is cut short");
    }
  }
  header.row_bytes = (std::uint64_t{header.width} * header.bits + 7) / 8;
  header.stride = round_up(header.row_bytes, 4);
  const std::uint64_t pixels = header.stride * (header.height - 1) + header.row_bytes;
  if (header.pixel_offset < kFileHeader + header_bytes) {
    refuse_image("BMP: pixels at offset " + grouped(header.pixel_offset) + ", inside the header");
  }
  if (!fits(header.pixel_offset, pixels, file.size())) {
    refuse_image("BMP: the file is cut short: " + grouped(pixels) + " pixel bytes at offset " +
                 grouped(header.pixel_offset) + ", " + grouped(file.size()) + " bytes in all");
  }
  return header;
}

template <typename T>
void store(std::vector<std::byte>& out, std::uint64_t offset, T value) {
  std::memcpy(out.data() + offset, &value, sizeof(T));
}

// The same image as a plain 40-byte-header file with a full palette, where an index that the file
// does not define is grey of that value (Pillow's choice). stb_image 2.27 alone would use colours
// it never set where a palette is short, and it miscounts the palettes of OS/2 files.
std::vector<std::byte> plain_copy(ByteSpan file, const BmpHeader& header) {
  const std::uint64_t entries = header.bits <= 8 ? 1u << header.bits : 0;
  const std::uint64_t offset = kFileHeader + kInfoHeader + 4 * entries;
  std::vector<std::byte> out(offset + header.stride * header.height);
  store<std::uint16_t>(out, 0, 0x4D42);
  store(out, 10, static_cast<std::uint32_t>(offset));
  store(out, 14, static_cast<std::uint32_t>(kInfoHeader));
  store(out, 18, header.width);
  const auto height = static_cast<std::int32_t>(header.height);
  store(out, 22, header.top_down ? -height : height);
  store<std::uint16_t>(out, 26, 1);
  store(out, 28, static_cast<std::uint16_t>(header.bits));
  for (std::uint64_t i = 0; i < entries; ++i) {
    std::byte* entry = out.data() + kFileHeader + kInfoHeader + 4 * i;
    if (i < header.palette_entries) {
      std::memcpy(entry, file.data() + header.palette_offset + header.palette_entry_bytes * i, 3);
    } else {
      std::fill_n(entry, 3, static_cast<std::byte>(i));
    }
  }
  const std::uint64_t available =
      std::min<std::uint64_t>(header.stride * header.height, file.size() - header.pixel_offset);
  std::memcpy(out.data() + offset, file.data() + header.pixel_offset, available);
  return out;
}

}  // namespace

Image decode_bmp(ByteSpan file) {
  const BmpHeader header = parse_header(file);
  return read_bmp_with_stb(plain_copy(file, header), header.width, header.height);
}

}  // namespace corticast
