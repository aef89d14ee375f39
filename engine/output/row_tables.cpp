#include "engine/output/row_tables.h"

#include <algorithm>
#include <array>
#include <limits>

#include "engine/base/error.h"
#include "engine/base/hdf5_read.h"

namespace corticast::hdf5 {
namespace {

Handle reason_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "string type");
  check(H5Tset_size(type.get(), kReasonBytes), "string type");
  check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "string type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "string type");
  return type;
}

// fill (may be null): one byte for all; otherwise the file system's zeros.
Handle make_table(hid_t file, const std::string& path, hid_t type,
                  const std::vector<hsize_t>& shape, const std::uint8_t* fill) {
  const Handle space = simple_space(shape);
  const Handle parents = with_parents();
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "cannot create");
  check(H5Pset_obj_track_times(creation.get(), false), "cannot create");  // same run, same bytes
  if (shape[0] > 0) check(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), "cannot create");
  if (fill == nullptr) {
    check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), "cannot create");
  } else {
    check(H5Pset_fill_value(creation.get(), H5T_NATIVE_UINT8, fill), "cannot create");
  }
  return {
      H5Dcreate2(file, path.c_str(), type, space.get(), parents.get(), creation.get(), H5P_DEFAULT),
      H5Dclose, "cannot create"};
}

Handle open_table(hid_t file, const std::string& path, hid_t type,
                  const std::vector<hsize_t>& shape) {
  Handle dataset = open_dataset(file, path);
  const Handle stored(H5Dget_type(dataset.get()), H5Tclose, path.c_str());
  const bool placed = shape[0] == 0 || H5Dget_offset(dataset.get()) != HADDR_UNDEF;
  if (shape_of(dataset.get()) != shape || H5Tequal(stored.get(), type) <= 0 || !placed) {
    throw Error(ErrorCode::kOutput, path + " is not as this run would have made it");
  }
  return dataset;
}

// Rows first .. first + rows of a dataset, all of each.
void write_block(hid_t dataset, hid_t type, hsize_t first, hsize_t rows, hsize_t columns,
                 const void* data) {
  const Handle memory = simple_space({rows, columns});
  const Handle space(H5Dget_space(dataset), H5Sclose, "write error");
  const std::array<hsize_t, 2> start{first, 0};  // of a vector, the first of both
  const std::array<hsize_t, 2> count{rows, columns};
  check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                            nullptr),
        "write error");
  check(H5Dwrite(dataset, type, memory.get(), space.get(), H5P_DEFAULT, data), "write error");
}

// A reason cut to its place in the table, not within a character.
std::array<char, kReasonBytes> entry_of(const std::string& reason) {
  std::array<char, kReasonBytes> entry{};
  std::size_t size = reason.size();
  if (size > kReasonBytes) {
    size = kReasonBytes;
    while (size > 0 && (static_cast<unsigned char>(reason[size]) & 0xC0) == 0x80) --size;
  }
  std::copy_n(reason.begin(), size, entry.begin());
  return entry;
}

}  // namespace

std::string response_path(const Target& target) {
  std::string path = "/responses";
  for (const std::string& part : target.result_path) path += "/" + part;
  return path;
}

Handle direct_file_access() {
  Handle access = file_access();
  check(H5Pset_sieve_buf_size(access.get(), 0), "file access list");
  return access;
}

RowTables RowTables::create(hid_t file, const Request& request, std::size_t images) {
  constexpr std::uint8_t kNotDone = 0;
  RowTables tables;
  tables.nan_row_.assign(request.columns, std::numeric_limits<float>::quiet_NaN());
  tables.status_ = make_table(file, "/images/status", H5T_STD_U8LE, {images}, &kRowNotReached);
  tables.error_ = make_table(file, "/images/error", reason_type().get(), {images}, nullptr);
  for (const Target& target : request.targets) {
    tables.responses_.push_back(make_table(file, response_path(target), H5T_IEEE_F32LE,
                                           {images, request.columns}, nullptr));
  }
  tables.done_ = make_table(file, "/journal/done", H5T_STD_U8LE, {images}, &kNotDone);
  return tables;
}

RowTables RowTables::open(hid_t file, const Request& request, std::size_t images) {
  RowTables tables;
  tables.nan_row_.assign(request.columns, std::numeric_limits<float>::quiet_NaN());
  tables.status_ = open_table(file, "/images/status", H5T_STD_U8LE, {images});
  tables.error_ = open_table(file, "/images/error", reason_type().get(), {images});
  for (const Target& target : request.targets) {
    tables.responses_.push_back(
        open_table(file, response_path(target), H5T_IEEE_F32LE, {images, request.columns}));
  }
  tables.done_ = open_table(file, "/journal/done", H5T_STD_U8LE, {images});
  return tables;
}

void RowTables::write(std::size_t first_row, const Responses& responses,
                      std::span<const RowStatus> status) {
  for (std::size_t t = 0; t < responses_.size(); ++t) {
    write_responses(responses_[t].get(), first_row, responses.targets[t], status);
  }
  std::vector<std::uint8_t> codes(status.size());
  for (std::size_t i = 0; i < status.size(); ++i) {
    codes[i] = status[i].ok ? kRowOk : kRowFailed;
    if (status[i].ok && status[i].error.empty()) continue;
    write_block(error_.get(), reason_type().get(), first_row + i, 1, 1,
                entry_of(status[i].error).data());
  }
  write_block(status_.get(), H5T_NATIVE_UINT8, first_row, codes.size(), 1, codes.data());
}

// Runs of good rows straight from the responses; a failed row from a row of NaN.
void RowTables::write_responses(hid_t dataset, std::size_t first_row, const float* data,
                                std::span<const RowStatus> status) {
  const std::size_t columns = nan_row_.size();
  for (std::size_t i = 0; i < status.size();) {
    std::size_t end = i + 1;
    while (status[i].ok && end < status.size() && status[end].ok) ++end;
    write_block(dataset, H5T_NATIVE_FLOAT, first_row + i, end - i, columns,
                status[i].ok ? data + i * columns : nan_row_.data());
    i = end;
  }
}

void RowTables::mark_done(std::size_t first_row, std::size_t rows) {
  const std::vector<std::uint8_t> ones(rows, 1);
  write_block(done_.get(), H5T_NATIVE_UINT8, first_row, rows, 1, ones.data());
}

void RowTables::close() {
  for (Handle& dataset : responses_) dataset.close("write error");
  for (Handle* handle : {&status_, &error_, &done_}) handle->close("write error");
}

void RowTables::abandon() {
  for (Handle& dataset : responses_) dataset.abandon();
  for (Handle* handle : {&status_, &error_, &done_}) handle->abandon();
}

}  // namespace corticast::hdf5
