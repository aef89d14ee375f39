#include "engine/atlas/command_selection.h"

#include <cstring>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/base/text.h"

namespace corticast {
namespace {

constexpr std::uint64_t kHeaderAllowance = 1 << 16;  // NumPy's headers are 128 bytes or little more

[[noreturn]] void refuse_groups(std::string_view text, const std::string& piece) {
  throw Error(ErrorCode::kUsage,
              "--group " + std::string(text) + ": '" + piece +
                  "' is neither a group 1..22 nor a rising range of groups",
              "Write for example --group 1-5,9.");
}

std::int64_t load_item(const std::byte* item, char kind, std::uint64_t bytes) {
  const bool is_signed = kind == 'i';
  switch (bytes) {
    case 1:
      return is_signed ? load_le<std::int8_t>(item) : load_le<std::uint8_t>(item);
    case 2:
      return is_signed ? load_le<std::int16_t>(item) : load_le<std::uint16_t>(item);
    case 4:
      return is_signed ? load_le<std::int32_t>(item) : load_le<std::uint32_t>(item);
    default:
      // An unsigned item of 2^63 or more turns negative, which is as wrong a mask item.
      return load_le<std::int64_t>(item);
  }
}

std::vector<std::string> split_all(const std::vector<std::string>& items) {
  std::vector<std::string> names;
  for (const std::string& item : items) {
    for (std::string& name : split_list(item)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::vector<int> parse_groups(std::string_view text) {
  std::vector<int> groups;
  for (const std::string& piece : split_list(text)) {
    const std::size_t dash = piece.find('-');
    unsigned first = 0;
    unsigned last = 0;
    if (!parse_number(piece.substr(0, dash), first)) refuse_groups(text, piece);
    last = first;
    if (dash != std::string::npos && !parse_number(piece.substr(dash + 1), last)) {
      refuse_groups(text, piece);
    }
    if (first < 1 || last > static_cast<unsigned>(kGroups) || first > last) {
      refuse_groups(text, piece);
    }
    for (unsigned group = first; group <= last; ++group) groups.push_back(static_cast<int>(group));
  }
  if (groups.empty()) refuse_groups(text, "");
  return groups;
}

std::vector<std::int64_t> read_mask(const std::filesystem::path& path, std::uint64_t columns) {
  const std::string name = path.string();
  const std::vector<std::byte> file =
      read_file(path, kHeaderAllowance + columns * sizeof(std::int64_t), ErrorCode::kUsage);
  const NpyHeader header = parse_npy(file, name, ErrorCode::kUsage);
  const char kind = header.dtype[1];
  if (kind == 'f') {
    throw Error(ErrorCode::kUsage,
                name + ": a mask of floats (" + header.dtype + "), expected integers or bools",
                "Save it with numpy.save(path, mask.astype(bool)).");
  }
  if (header.shape.size() != 1 || header.items != columns) {
    std::string shape;
    for (const std::uint64_t size : header.shape) {
      shape += (shape.empty() ? "" : ", ") + grouped(size);
    }
    throw Error(ErrorCode::kUsage,
                name + ": a mask of shape [" + shape + "], expected [" + grouped(columns) + "]",
                "A mask has one item per output column of the model, not per grayordinate.");
  }
  std::vector<std::int64_t> mask(columns);
  for (std::uint64_t i = 0; i < columns; ++i) {
    mask[i] = load_item(file.data() + header.data_offset + i * header.item_bytes, kind,
                        header.item_bytes);
  }
  return mask;
}

void add_command_selection(ColumnUnion& chosen, const CommandSelection& selection) {
  if (selection.empty()) chosen.add_all();
  if (!selection.roi.empty()) {
    const std::vector<std::string> names = split_all(selection.roi);
    if (names.empty()) throw Error(ErrorCode::kUsage, "--roi names no area", "Write --roi V1,MT.");
    chosen.add_roi_list(names);
  }
  if (!selection.groups.empty()) {
    for (const int group : parse_groups(selection.groups)) chosen.add_group(group);
  }
  if (!selection.vertex_mask_path.empty()) {
    chosen.add_mask(read_mask(selection.vertex_mask_path, chosen.width()),
                    selection.vertex_mask_path);
  }
  chosen.add_columns(selection.vertices);
  if (chosen.columns().empty()) {
    std::string why;
    for (const std::string& note : chosen.notes()) why += "; " + note;
    throw Error(ErrorCode::kUsage, "the selection is empty" + why,
                "`corticast rois MODEL` shows how many vertices of each area a model predicts.");
  }
}

}  // namespace corticast
