#include "engine/image/png.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "engine/base/checked_math.h"
#include "engine/image/decode.h"
#include "engine/image/decode_limits.h"
#include "engine/image/png_pixels.h"

namespace corticast {
namespace {

constexpr png_alloc_size_t kMaxChunkBytes = 64u << 20;
constexpr png_uint_32 kMaxCachedChunks = 128;

// libpng reports errors through a function that may not return, so every call into it runs in
// guarded(), and no object with a destructor is created inside the step.
class PngReader {
 public:
  explicit PngReader(ByteSpan file) : file_(file) {
    png_ = png_create_read_struct_2(
        PNG_LIBPNG_VER_STRING, this, on_error, [](png_structp, png_const_charp) {}, this, allocate,
        [](png_structp, png_voidp memory) { std::free(memory); });
    if (png_ == nullptr) throw std::bad_alloc();
    info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::bad_alloc();
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  png_structp png() { return png_; }
  png_infop info() { return info_; }

  template <typename Step>
  void guarded(Step step) {
    if (setjmp(jump_) != 0) {
      if (no_memory_) throw std::bad_alloc();
      refuse_image(std::string("PNG: ") + message_.data());
    }
    step();
  }

  // Everything up to the first pixel data, under limits; libpng makes no conversion of its own
  // except one byte per sample where samples are smaller.
  void read_header() {
    guarded([this] {
      png_set_read_fn(png_, this, [](png_structp png, png_bytep to, std::size_t count) {
        static_cast<PngReader*>(png_get_io_ptr(png))->give(to, count);
      });
      png_set_user_limits(png_, kMaxSide, kMaxSide);
      png_set_chunk_malloc_max(png_, kMaxChunkBytes);
      png_set_chunk_cache_max(png_, kMaxCachedChunks);
      png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
      png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
      // Some old encoders understate the compression window; zlib alone, as in Pillow, reads them.
      png_set_option(png_, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
      png_set_check_for_invalid_index(png_, 0);
      png_read_info(png_, info_);
      png_set_packing(png_);
      passes_ = png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
  }
  int passes() const { return passes_; }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    auto* self = static_cast<PngReader*>(png_get_error_ptr(png));
    std::snprintf(self->message_.data(), self->message_.size(), "%s", message);
    std::longjmp(self->jump_, 1);
  }
  // libpng has no code for "out of memory", only words that have changed.
  static png_voidp allocate(png_structp png, png_alloc_size_t bytes) {
    void* const memory = std::malloc(bytes);
    if (memory == nullptr) static_cast<PngReader*>(png_get_mem_ptr(png))->no_memory_ = true;
    return memory;
  }
  void give(png_bytep to, std::size_t count) {
    if (!fits(position_, count, file_.size())) png_error(png_, "the file is cut short");
    std::memcpy(to, file_.data() + position_, count);
    position_ += count;
  }

  ByteSpan file_;
  std::size_t position_ = 0;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  int passes_ = 1;
  std::array<char, 160> message_{};
  bool no_memory_ = false;
  std::jmp_buf jump_{};
};

// libpng would also refuse these sizes, without saying which they are.
void check_ihdr_size(ByteSpan file) {
  constexpr std::size_t kIhdrEnd = 33;
  if (file.size() < kIhdrEnd) refuse_image("PNG: the file is cut short");
  const auto* bytes = static_cast<const png_byte*>(static_cast<const void*>(file.data()));
  check_image_size(png_get_uint_32(bytes + 16), png_get_uint_32(bytes + 20));
}

PngColour colour_of(int type) {
  switch (type) {
    case PNG_COLOR_TYPE_GRAY:
      return PngColour::kGrey;
    case PNG_COLOR_TYPE_PALETTE:
      return PngColour::kPalette;
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      return PngColour::kGreyAlpha;
    case PNG_COLOR_TYPE_RGB:
      return PngColour::kRgb;
    case PNG_COLOR_TYPE_RGB_ALPHA:
      return PngColour::kRgba;
    default:
      refuse_image("PNG: colour type " + std::to_string(type));
  }
}

PngLayout layout_of(PngReader& reader, int stored_bits) {
  PngLayout layout{colour_of(png_get_color_type(reader.png(), reader.info())), stored_bits, {}};
  for (std::size_t i = 0; i < layout.palette.size(); ++i) {
    layout.palette[i].fill(static_cast<std::uint8_t>(i));
  }
  png_colorp entries = nullptr;
  int count = 0;
  png_get_PLTE(reader.png(), reader.info(), &entries, &count);
  for (int i = 0; i < std::min(count, 256); ++i) {
    layout.palette[static_cast<std::size_t>(i)] = {entries[i].red, entries[i].green,
                                                   entries[i].blue};
  }
  return layout;
}

}  // namespace

void decode_png(ByteSpan file, RowSink& sink) {
  check_ihdr_size(file);
  PngReader reader(file);
  reader.read_header();
  const png_structp png = reader.png();
  // The stored depth: read_header() asks for one byte per sample below 8 bits.
  const int stored_bits = std::to_integer<int>(file[24]);
  const png_uint_32 width = png_get_image_width(png, reader.info());
  const png_uint_32 height = png_get_image_height(png, reader.info());
  check_image_size(width, height);
  const PngLayout layout = layout_of(reader, stored_bits);

  // An interlaced image is complete only after its last pass, so all its rows are kept till then.
  const bool interlaced = reader.passes() > 1;
  const std::size_t raw_stride = png_get_rowbytes(png, reader.info());
  // Not set to zero: the passes reach every byte, and a few bytes of file that promise 100 million
  // pixels and end there then cost no memory.
  const auto raw =
      std::make_unique_for_overwrite<std::uint8_t[]>(raw_stride * (interlaced ? height : 1));
  sink.begin(width, height);
  reader.guarded([&] {
    for (int pass = 0; pass < reader.passes(); ++pass) {
      for (std::size_t y = 0; y < height; ++y) {
        std::uint8_t* row = raw.get() + (interlaced ? raw_stride * y : 0);
        png_read_row(png, row, nullptr);
        if (pass + 1 == reader.passes()) {
          png_row_to_rgb(layout, row, width, sink.next_row());
        }
      }
    }
    // Checks the rest of the compressed stream and that the file is whole.
    png_read_end(png, nullptr);
  });
  sink.finish();
}

}  // namespace corticast
