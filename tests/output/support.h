// A small run to write, and a reader of what was written that shares no code with the writer.
#pragma once

#include <hdf5.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/output/open_writer.h"

namespace corticast::test {

inline RunRecord small_record(std::size_t images) {
  RunRecord record;
  for (std::size_t i = 0; i < images; ++i) {
    record.image_names.push_back("photo" + std::to_string(i) + ".jpg");
  }
  record.model_id = "small";
  record.model_hash = std::string(64, 'a');
  record.model_file = "small.ccm";
  record.engine_version = "0.1.0";
  record.device = "cpu";
  record.arithmetic = "cpu avx512";
  record.precision = "fp32";
  record.batch = 4;
  record.decoder = "libjpeg";
  record.command_line = "corticast encode photos -m small.ccm -o out.h5";
  return record;
}

// Two subjects, three columns, with labels.
inline Request small_request() {
  Request request;
  request.targets = {{0, {"NaturalScenesDataset", "sub-01"}, "NSD-01"},
                     {3, {"BOLD5000", "sub-04"}, "BOLD5000-04"}};
  request.rows = {5, 7, 1000};
  request.columns = 3;
  request.labels = {{50, 70, 30000}, {"L_V1", "L_p9-46v", "R_V1"}, {1, 22, 1}};
  return request;
}

// The value of every response in these tests.
inline float response_at(std::size_t target, std::size_t row, std::size_t column) {
  return static_cast<float>(target * 1000000 + row * 100 + column) + 0.25f;
}

// Rows first .. first + n as a program would hand them over.
struct FakeResponses {
  FakeResponses(const Request& request, std::size_t first, std::size_t n) {
    for (std::size_t t = 0; t < request.targets.size(); ++t) {
      auto& data = values.emplace_back(n * request.columns);
      for (std::size_t i = 0; i < data.size(); ++i) {
        data[i] = response_at(t, first + i / request.columns, i % request.columns);
      }
      pointers.push_back(data.data());
    }
    view = {n, request.columns, pointers};
  }
  FakeResponses(const FakeResponses&) = delete;
  FakeResponses& operator=(const FakeResponses&) = delete;

  std::vector<std::vector<float>> values;
  std::vector<const float*> pointers;
  Responses view;
};

inline void write_rows(ResponseWriter& writer, const Request& request, std::size_t first,
                       const std::vector<RowStatus>& status) {
  const FakeResponses responses(request, first, status.size());
  writer.write(first, responses.view, status);
}

// All rows good, in batches of `batch`, up to row `end`.
inline void write_good_rows(ResponseWriter& writer, const Request& request, std::size_t end,
                            std::size_t batch) {
  for (std::size_t first = 0; first < end; first += batch) {
    write_rows(writer, request, first, std::vector<RowStatus>(std::min(batch, end - first)));
  }
}

// What the writer misses, in batches of `batch`; how many rows that were.
inline std::size_t write_missing_rows(ResponseWriter& writer, const Request& request,
                                      std::size_t batch) {
  std::size_t written = 0;
  for (const RowRange& rows : writer.missing()) {
    for (std::size_t at = 0; at < rows.count; at += batch) {
      const std::size_t n = std::min(batch, rows.count - at);
      write_rows(writer, request, rows.first + at, std::vector<RowStatus>(n));
      written += n;
    }
  }
  return written;
}

class ReadFile {
 public:
  explicit ReadFile(const std::filesystem::path& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    access_ = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access_, H5F_CLOSE_STRONG);
    file_ = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access_);
    if (file_ < 0) throw std::runtime_error("HDF5 cannot open " + path.string());
  }
  ~ReadFile() {
    H5Fclose(file_);
    H5Pclose(access_);
  }
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;

  bool has(const std::string& path) const {
    return H5Oexists_by_name(file_, path.c_str(), H5P_DEFAULT) > 0;
  }
  bool has_attribute(const std::string& name) const { return H5Aexists(file_, name.c_str()) > 0; }

  std::vector<hsize_t> shape(const std::string& path) const {
    const hid_t dataset = open(path);
    const hid_t space = H5Dget_space(dataset);
    std::vector<hsize_t> dims(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, dims.data(), nullptr);
    H5Sclose(space);
    H5Dclose(dataset);
    return dims;
  }
  bool stored_as(const std::string& path, hid_t type) const {
    const hid_t dataset = open(path);
    const hid_t stored = H5Dget_type(dataset);
    const bool same = H5Tequal(stored, type) > 0;
    H5Tclose(stored);
    H5Dclose(dataset);
    return same;
  }
  template <typename T>
  std::vector<T> numbers(const std::string& path, hid_t type) const {
    std::size_t items = 1;
    for (const hsize_t dim : shape(path)) items *= dim;
    std::vector<T> values(items);
    const hid_t dataset = open(path);
    const herr_t status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(dataset);
    if (status < 0) throw std::runtime_error("HDF5 cannot read " + path);
    return values;
  }
  std::vector<float> floats(const std::string& path) const {
    return numbers<float>(path, H5T_NATIVE_FLOAT);
  }
  std::vector<std::uint8_t> bytes(const std::string& path) const {
    return numbers<std::uint8_t>(path, H5T_NATIVE_UINT8);
  }
  std::vector<std::string> texts(const std::string& path) const {
    const hid_t dataset = open(path);
    const hid_t type = H5Dget_type(dataset);
    if (H5Tis_variable_str(type) == 0) {
      const std::size_t bytes = H5Tget_size(type);
      std::vector<char> values(shape(path)[0] * bytes);
      H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Tclose(type);
      H5Dclose(dataset);
      std::vector<std::string> fixed;
      for (std::size_t at = 0; at < values.size(); at += bytes) {
        fixed.emplace_back(&values[at], ::strnlen(&values[at], bytes));
      }
      return fixed;
    }
    const hid_t space = H5Dget_space(dataset);
    std::vector<char*> values(shape(path)[0]);
    const herr_t status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    std::vector<std::string> texts;
    for (const char* value : values) texts.emplace_back(value == nullptr ? "" : value);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, values.data());
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(dataset);
    if (status < 0) throw std::runtime_error("HDF5 cannot read " + path);
    return texts;
  }
  std::string attribute(const std::string& name) const {
    const hid_t handle = H5Aopen(file_, name.c_str(), H5P_DEFAULT);
    if (handle < 0) throw std::runtime_error("no attribute " + name);
    const hid_t type = H5Aget_type(handle);
    std::string text;
    if (H5Tget_class(type) == H5T_STRING) {
      char* value = nullptr;
      H5Aread(handle, type, &value);
      text = value;
      H5free_memory(value);
    } else {
      long long value = 0;
      H5Aread(handle, H5T_NATIVE_LLONG, &value);
      text = std::to_string(value);
    }
    H5Tclose(type);
    H5Aclose(handle);
    return text;
  }

 private:
  hid_t open(const std::string& path) const {
    const hid_t dataset = H5Dopen2(file_, path.c_str(), H5P_DEFAULT);
    if (dataset < 0) throw std::runtime_error("no dataset " + path);
    return dataset;
  }
  hid_t access_ = -1;
  hid_t file_ = -1;
};

// True if rows first .. end of both subjects hold what write_good_rows wrote.
inline bool rows_are_right(const ReadFile& file, std::size_t first, std::size_t end) {
  const Request request = small_request();
  for (std::size_t t = 0; t < 2; ++t) {
    const auto values = file.floats(t == 0 ? "/responses/NaturalScenesDataset/sub-01"
                                           : "/responses/BOLD5000/sub-04");
    for (std::size_t i = first * 3; i < end * 3; ++i) {
      if (values[i] != response_at(t, i / 3, i % 3)) return false;
    }
  }
  return true;
}

}  // namespace corticast::test
