#include "tests/faults/contents.h"

#include <hdf5.h>

#include <stdexcept>

namespace corticast::test {
namespace {

struct File {
  explicit File(const std::filesystem::path& path) {
    // As the programs do: the clean-up at exit writes to files that have already failed.
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
    H5Pclose(access);
  }
  ~File() {
    if (id >= 0) H5Fclose(id);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  hid_t id = -1;
};

// Variable-length texts, each ended by NUL, or the numbers as they are stored. `read` fills memory.
template <typename Read>
std::string values(hid_t type, hid_t space, const Read& read) {
  const auto items = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
  if (items == 0) return {};
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> texts(items);
    if (read(texts.data()) < 0) throw std::runtime_error("cannot read texts");
    std::string all;
    for (const char* text : texts) all += std::string(text == nullptr ? "" : text) + '\0';
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data());
    return all;
  }
  std::string bytes(items * H5Tget_size(type), '\0');
  if (read(bytes.data()) < 0) throw std::runtime_error("cannot read numbers");
  return bytes;
}

struct Table {
  std::size_t rows = 0;
  std::string bytes;
};

Table table(hid_t file, const std::string& path) {
  const hid_t dataset = H5Dopen2(file, path.c_str(), H5P_DEFAULT);
  if (dataset < 0) throw std::runtime_error("no dataset " + path);
  const hid_t type = H5Dget_type(dataset);
  const hid_t space = H5Dget_space(dataset);
  hsize_t shape[H5S_MAX_RANK] = {};
  H5Sget_simple_extent_dims(space, shape, nullptr);
  Table result;
  result.rows = shape[0];
  result.bytes = values(type, space, [&](void* out) {
    return H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out);
  });
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(dataset);
  return result;
}

herr_t note_dataset(hid_t, const char* name, const H5O_info_t* info, void* names) {
  if (info->type == H5O_TYPE_DATASET) {
    static_cast<std::vector<std::string>*>(names)->push_back(std::string("/") + name);
  }
  return 0;
}

herr_t note_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->push_back(name);
  return 0;
}

std::vector<std::string> datasets(hid_t file) {
  std::vector<std::string> names;
  if (H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_NATIVE, note_dataset, &names, H5O_INFO_BASIC) < 0) {
    throw std::runtime_error("cannot list the datasets");
  }
  return names;
}

}  // namespace

std::map<std::string, std::string> contents(const std::filesystem::path& path) {
  const File file(path);
  if (file.id < 0) throw std::runtime_error("HDF5 cannot open " + path.string());
  std::map<std::string, std::string> found;
  for (const std::string& name : datasets(file.id)) {
    const Table data = table(file.id, name);
    found[name] = std::to_string(data.rows) + " rows: " + data.bytes;
  }
  std::vector<std::string> attributes;
  H5Aiterate2(file.id, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, note_attribute, &attributes);
  for (const std::string& name : attributes) {
    if (name == "command_line") continue;
    const hid_t attribute = H5Aopen(file.id, name.c_str(), H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    const hid_t space = H5Aget_space(attribute);
    found["@" + name] =
        values(type, space, [&](void* out) { return H5Aread(attribute, type, out); });
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
  }
  return found;
}

std::vector<std::uint8_t> journal(const std::filesystem::path& path) {
  const File file(path);
  if (file.id < 0 || H5Lexists(file.id, "/journal", H5P_DEFAULT) <= 0 ||
      H5Lexists(file.id, "/journal/done", H5P_DEFAULT) <= 0) {
    return {};
  }
  const std::string bytes = table(file.id, "/journal/done").bytes;
  return {bytes.begin(), bytes.end()};
}

std::string wrong_done_row(const std::filesystem::path& part, const std::filesystem::path& whole) {
  const std::vector<std::uint8_t> done = journal(part);
  if (done.empty()) return {};
  const File ours(part);
  const File right(whole);
  for (const std::string& name : datasets(right.id)) {
    if (name != "/images/status" && !name.starts_with("/responses/")) continue;
    const Table a = table(ours.id, name);
    const Table b = table(right.id, name);
    if (a.bytes.size() != b.bytes.size()) return name + " has another shape";
    const std::size_t row = a.bytes.size() / b.rows;
    for (std::size_t k = 0; k < done.size(); ++k) {
      if (done[k] == 1 && a.bytes.compare(k * row, row, b.bytes, k * row, row) != 0) {
        return name + " row " + std::to_string(k) + " is marked done and wrong";
      }
    }
  }
  return {};
}

}  // namespace corticast::test
