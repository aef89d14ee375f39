#include "engine/output/virtual_sources.h"

#include <array>

#include "engine/base/error.h"
#include "engine/base/hdf5_handle.h"
#include "engine/output/hdf5_manifest.h"
#include "engine/output/shard_manifest.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;

constexpr auto kRemedy =
    "Put the shards back where they were beside this file, or merge them again with --force.";

// In the library's names of sources, '%' is written twice.
std::string escaped(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '%' ? "%%" : std::string(1, c);
  return text;
}

std::string unescaped(const std::string& text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    name += text[i];
    if (text.compare(i, 2, "%%") == 0) ++i;
  }
  return name;
}

std::string source_name(hid_t creation, std::size_t mapping) {
  const ssize_t size = H5Pget_virtual_filename(creation, mapping, nullptr, 0);
  check(size < 0 ? -1 : 0, "cannot read where rows come from");
  std::string name(static_cast<std::size_t>(size) + 1, '\0');
  check(H5Pget_virtual_filename(creation, mapping, name.data(), name.size()) < 0 ? -1 : 0,
        "cannot read where rows come from");
  name.pop_back();
  return unescaped(name);
}

// As the library looks for it: beside the file under the name it was opened by, then beside the one
// that a link leads to.
std::filesystem::path find_beside(const std::filesystem::path& file, const std::string& source) {
  std::error_code absent;
  std::filesystem::path found = file.parent_path() / source;
  if (std::filesystem::exists(found, absent)) return found;
  found = std::filesystem::weakly_canonical(file, absent).parent_path() / source;
  if (std::filesystem::exists(found, absent)) return found;
  throw Error(ErrorCode::kOutput, "refers to " + source + ", which is not there", kRemedy);
}

hsize_t first_row_of(hid_t creation, std::size_t mapping) {
  const Handle space(H5Pget_virtual_vspace(creation, mapping), H5Sclose,
                     "cannot read where rows come from");
  std::array<hsize_t, 2> first{};
  std::array<hsize_t, 2> last{};
  if (H5Sget_simple_extent_ndims(space.get()) != 2 ||
      H5Sget_select_bounds(space.get(), first.data(), last.data()) < 0) {
    throw Error(ErrorCode::kOutput, "refers to other files in a way that corticast does not write");
  }
  return first[0];
}

}  // namespace

void add_virtual_source(hid_t creation, const std::string& path, const std::string& source,
                        RowRange rows, hsize_t all_rows, hsize_t columns) {
  const Handle there = hdf5::simple_space({rows.count, columns});
  const Handle here = hdf5::simple_space({all_rows, columns});
  const std::array<hsize_t, 2> start = {rows.first, 0};
  const std::array<hsize_t, 2> count = {rows.count, columns};
  check(
      H5Sselect_hyperslab(here.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
      "cannot refer to a shard");
  check(H5Pset_virtual(creation, here.get(), escaped(source).c_str(), path.c_str(), there.get()),
        "cannot refer to a shard");
}

void check_virtual_sources(const std::filesystem::path& file, hid_t dataset,
                           const std::string& manifest) {
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose, "cannot read");
  if (H5Pget_layout(creation.get()) != H5D_VIRTUAL) return;
  std::size_t mappings = 0;
  check(H5Pget_virtual_count(creation.get(), &mappings), "cannot read where rows come from");
  for (std::size_t i = 0; i < mappings; ++i) {
    const std::string source = source_name(creation.get(), i);
    const auto theirs = read_hdf5_manifest(find_beside(file, source));
    const auto shard = theirs ? shard_in(*theirs) : std::nullopt;
    if (shard && theirs && whole_manifest(*theirs) == manifest &&
        shard->first_row == first_row_of(creation.get(), i)) {
      continue;
    }
    throw Error(ErrorCode::kOutput, "refers to " + source + ", which holds something else now",
                kRemedy);
  }
}

}  // namespace corticast
