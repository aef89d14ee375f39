#include "engine/image/png_rows.h"

#define ZLIB_CONST  // or its input would be writable
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string>

#include "engine/image/decode_limits.h"
#include "engine/image/png_filter.h"

namespace corticast {
namespace {

// Rows are inflated some at a time: zlib is slow near the end of its output.
constexpr std::size_t kBlockBytes = 64 << 10;
// undo_png_filter() reads beyond the end of a row.
constexpr std::size_t kSlack = 8;

class Inflater {
 public:
  explicit Inflater(const std::vector<ByteSpan>& pieces) : pieces_(pieces) {
    // Always the largest window: old encoders understate theirs.
    if (::inflateInit2(&stream_, MAX_WBITS) != Z_OK) throw std::bad_alloc();
    give(pieces_[0]);
  }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  void read(std::uint8_t* to, std::size_t bytes) {
    stream_.next_out = to;
    stream_.avail_out = static_cast<uInt>(bytes);
    while (stream_.avail_out > 0) {
      if (ended_) refuse_short();
      step();
    }
  }

  // The stream's own checksum, behind whatever more it holds.
  void finish() {
    std::array<std::uint8_t, 1024> beyond;
    while (!ended_) {
      stream_.next_out = beyond.data();
      stream_.avail_out = beyond.size();
      step();
    }
  }

 private:
  [[noreturn]] static void refuse_short() { refuse_image("PNG: the pixel data end too soon"); }

  void step() {
    if (stream_.avail_in == 0 && next_piece_ < pieces_.size()) give(pieces_[next_piece_++]);
    const int state = ::inflate(&stream_, Z_NO_FLUSH);
    if (state == Z_MEM_ERROR) throw std::bad_alloc();
    if (state == Z_BUF_ERROR && next_piece_ == pieces_.size()) refuse_short();
    if (state != Z_OK && state != Z_BUF_ERROR && state != Z_STREAM_END) {
      refuse_image(std::string("PNG: ") + (stream_.msg != nullptr ? stream_.msg : "bad data"));
    }
    ended_ = state == Z_STREAM_END;
  }

  void give(ByteSpan piece) {
    stream_.next_in = static_cast<const Bytef*>(static_cast<const void*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
  }

  const std::vector<ByteSpan>& pieces_;
  std::size_t next_piece_ = 1;
  z_stream stream_{};
  bool ended_ = false;
};

}  // namespace

void read_png_rows(const std::vector<ByteSpan>& pieces, const PngRows& rows,
                   const std::function<void(const std::uint8_t*)>& take) {
  const std::size_t stride = 1 + rows.row_bytes;
  const std::size_t block_rows = std::clamp<std::size_t>(kBlockBytes / stride, 1, rows.height);
  std::vector<std::uint8_t> block(block_rows * stride + kSlack);
  std::vector<std::uint8_t> above(rows.row_bytes + kSlack);
  Inflater inflater(pieces);
  for (std::size_t y = 0; y < rows.height; y += block_rows) {
    const std::size_t count = std::min(block_rows, rows.height - y);
    inflater.read(block.data(), count * stride);
    const std::uint8_t* last = above.data();
    for (std::size_t r = 0; r < count; ++r) {
      std::uint8_t* row = block.data() + r * stride + 1;
      if (!undo_png_filter(row[-1], rows.pixel_bytes, last, row, rows.row_bytes)) {
        refuse_image("PNG: filter " + std::to_string(row[-1]) + " does not exist");
      }
      take(row);
      last = row;
    }
    std::memcpy(above.data(), last, rows.row_bytes);
  }
  inflater.finish();
}

}  // namespace corticast
