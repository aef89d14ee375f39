#include "engine/maps/gifti.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/base/checked_math.h"
#include "engine/base/file.h"
#include "engine/maps/binary_text.h"
#include "engine/maps/xml.h"

namespace corticast {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30;  // of a file
constexpr std::size_t kMostDimensions = 6;                    // the format's own limit

enum class Item { kFloat32, kFloat64, kInt32, kUint8 };

struct ItemType {
  std::string_view name;
  Item item;
  std::size_t bytes;
};
constexpr ItemType kItemTypes[] = {{"NIFTI_TYPE_FLOAT32", Item::kFloat32, 4},
                                   {"NIFTI_TYPE_FLOAT64", Item::kFloat64, 8},
                                   {"NIFTI_TYPE_INT32", Item::kInt32, 4},
                                   {"NIFTI_TYPE_UINT8", Item::kUint8, 1}};

// One data array on its way from XML to numbers.
class ArrayReader {
 public:
  ArrayReader(const XmlElement& element, std::string where)
      : element_(element), where_(std::move(where)) {}

  GiftiArray read() {
    GiftiArray array;
    array.intent = element_.attribute("Intent");
    array.meta = xml_metadata(element_);
    array.shape = shape();
    const ItemType& type = item_type();
    const XmlElement* const data = element_.child("Data");
    const std::string_view text = data == nullptr ? std::string_view{} : data->text;
    const std::string_view encoding = element_.attribute("Encoding");
    if (encoding == "ASCII") {
      array.values = ascii_values(text);
    } else if (encoding == "Base64Binary" || encoding == "GZipBase64Binary") {
      array.values = binary_values(text, encoding == "GZipBase64Binary", type);
    } else if (encoding == "ExternalFileBinary") {
      refuse("its values are in another file", "Convert it with wb_command -gifti-convert.");
    } else {
      refuse("unknown encoding \"" + std::string(encoding) + '"');
    }
    reorder(array);
    return array;
  }

 private:
  [[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) const {
    throw Error(ErrorCode::kUsage, where_ + ": " + what, hint);
  }

  std::uint64_t number(const std::string& attribute) const {
    const std::string_view text = element_.attribute(attribute);
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size()) {
      refuse(attribute + " is \"" + std::string(text) + "\", expected a number");
    }
    return value;
  }

  std::vector<std::uint64_t> shape() {
    const std::uint64_t dimensions = number("Dimensionality");
    if (dimensions < 1 || dimensions > kMostDimensions) {
      refuse(std::to_string(dimensions) + " dimensions, expected 1 to 6");
    }
    std::vector<std::uint64_t> shape;
    shape.reserve(dimensions);
    std::uint64_t count = 1;
    for (std::uint64_t d = 0; d < dimensions; ++d) {
      shape.push_back(number("Dim" + std::to_string(d)));
      const auto product = checked_mul(count, shape.back());
      if (!product || *product > kMostBytes) refuse("too many values for any file");
      count = *product;
    }
    count_ = count;
    return shape;
  }

  const ItemType& item_type() const {
    const std::string_view name = element_.attribute("DataType");
    const auto* const found = std::find_if(std::begin(kItemTypes), std::end(kItemTypes),
                                           [&](const ItemType& type) { return type.name == name; });
    if (found == std::end(kItemTypes)) {
      refuse("data type \"" + std::string(name) + "\", expected float32, int32 or uint8");
    }
    return *found;
  }

  std::vector<double> ascii_values(std::string_view text) const {
    if (count_ > text.size()) refuse_count();
    std::vector<double> values;
    values.reserve(count_);
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
    while (true) {
      at = std::find_if_not(at, end, is_blank);
      if (at == end) break;
      if (*at == '+') ++at;
      double value = 0;
      const auto [next, status] = std::from_chars(at, end, value);
      if (status != std::errc{} || (next != end && !is_blank(*next))) {
        refuse("its values hold something that is no number");
      }
      if (values.size() == count_) refuse_count();
      values.push_back(value);
      at = next;
    }
    if (values.size() != count_) refuse_count();
    return values;
  }

  std::vector<double> binary_values(std::string_view text, bool packed,
                                    const ItemType& type) const {
    std::vector<std::byte> bytes;
    if (!decode_base64(text, bytes)) refuse("its values are not base64");
    const std::size_t size = count_ * type.bytes;
    if (packed) {
      std::vector<std::byte> inflated;
      if (!inflate_to(bytes, size, inflated)) {
        refuse("its compressed values are damaged, or are not " + std::to_string(count_));
      }
      bytes = std::move(inflated);
    } else if (bytes.size() != size) {
      refuse_count();
    }
    const std::string_view order = element_.attribute("Endian");
    if (order != "LittleEndian" && order != "BigEndian") {
      refuse("byte order \"" + std::string(order) + "\", expected LittleEndian or BigEndian");
    }
    if (order == "BigEndian") {
      for (std::size_t at = 0; at < bytes.size(); at += type.bytes) {
        std::reverse(bytes.data() + at, bytes.data() + at + type.bytes);
      }
    }
    switch (type.item) {
      case Item::kFloat32:
        return converted<float>(bytes);
      case Item::kFloat64:
        return converted<double>(bytes);
      case Item::kInt32:
        return converted<std::int32_t>(bytes);
      case Item::kUint8:
        return converted<std::uint8_t>(bytes);
    }
    refuse("unknown data type");
  }

  template <typename T>
  std::vector<double> converted(const std::vector<std::byte>& bytes) const {
    std::vector<double> values(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      values[i] = static_cast<double>(load_le<T>(bytes.data() + i * sizeof(T)));
    }
    return values;
  }

  // Row-major, whatever the file's order of indices.
  void reorder(GiftiArray& array) const {
    const std::string_view order = element_.attribute("ArrayIndexingOrder");
    if (order == "RowMajorOrder" || array.shape.size() == 1) return;
    if (order != "ColumnMajorOrder") {
      refuse("order of indices \"" + std::string(order) + "\", expected RowMajorOrder");
    }
    std::vector<double> rows(array.values.size());
    for (std::size_t at = 0; at < rows.size(); ++at) {
      std::size_t rest = at;
      std::size_t target = 0;
      for (const std::uint64_t size : array.shape) {
        target = target * size + rest % size;
        rest /= size;
      }
      rows[target] = array.values[at];
    }
    array.values = std::move(rows);
  }

  [[noreturn]] void refuse_count() const {
    refuse("not the " + std::to_string(count_) + " values that its dimensions announce");
  }

  const XmlElement& element_;
  std::string where_;
  std::size_t count_ = 0;
};

}  // namespace

GiftiFile parse_gifti(std::string_view bytes, const std::string& name) {
  const XmlElement root = parse_xml(bytes, name);
  if (root.name != "GIFTI") {
    throw Error(ErrorCode::kUsage, name + ": is XML <" + root.name + ">, expected <GIFTI>");
  }
  GiftiFile file;
  file.meta = xml_metadata(root);
  for (const XmlElement& element : root.children) {
    if (element.name != "DataArray") continue;
    const std::string where = name + ": data array " + std::to_string(file.arrays.size());
    file.arrays.push_back(ArrayReader(element, where).read());
  }
  return file;
}

GiftiFile read_gifti(const std::filesystem::path& path) {
  const MappedFile file(path, ErrorCode::kUsage);
  if (file.bytes().size() > kMostBytes) {
    throw Error(ErrorCode::kUsage, path.string() + ": more than 4 GiB");
  }
  return parse_gifti(as_text(file.bytes()), path.string());
}

}  // namespace corticast
