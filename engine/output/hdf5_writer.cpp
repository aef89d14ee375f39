#include "engine/output/hdf5_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hdf5_handle.h"
#include "engine/base/text.h"
#include "engine/output/hdf5_columns.h"
#include "engine/output/hdf5_facts.h"
#include "engine/output/part_file.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;

// One chunk fits the 1 MiB chunk cache that readers have by default, so that reading image by image
// touches each chunk once.
constexpr std::uint64_t kChunkBytes = 1 << 20;

hsize_t chunk_rows(const RunRecord& record, const Request& request) {
  const std::uint64_t row_bytes = std::uint64_t{request.columns} * sizeof(float);
  const std::size_t images = std::max<std::size_t>(record.image_names.size(), 1);
  return std::clamp<hsize_t>(kChunkBytes / row_bytes, 1, images);
}

std::string response_path(const Target& target) {
  std::string path = "/responses";
  for (const std::string& part : target.result_path) path += "/" + part;
  return path;
}

class Hdf5Writer : public ResponseWriter {
 public:
  Hdf5Writer(const std::filesystem::path& destination, const RunRecord& record,
             const Request& request, bool replace)
      : part_(destination),
        bytes_(hdf5_bytes(record, request)),
        images_(record.image_names.size()),
        columns_(request.columns),
        replace_(replace) {
    if (!replace && is_taken(destination)) {
      throw Error(ErrorCode::kOutput, destination.string() + ": appeared while this run started",
                  "Run the same command again.");
    }
    part_.require_space(bytes_);
    nan_row_.assign(columns_, std::numeric_limits<float>::quiet_NaN());
    guarded([&] {
      hdf5::initialise();
      file_ = Handle(
          H5Fcreate(part_.path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, hdf5::file_access().get()),
          H5Fclose, "cannot create");
      hdf5::write_facts(file_.get(), record, request);
      write_images(record);
      hdf5::write_columns(file_.get(), request, record.inherited);
      for (const Target& target : request.targets) {
        responses_.push_back(make_responses(response_path(target), chunk_rows(record, request)));
      }
      done_ = make_bytes("/journal/done", 0);
      check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "write error");
    });
  }

  bool leftover_replaced() const { return part_.replaced_leftover(); }

  std::vector<RowRange> missing() const override {
    if (next_row_ == images_) return {};
    return {{next_row_, images_ - next_row_}};
  }

  void write(std::size_t first_row, const Responses& responses,
             std::span<const RowStatus> status) override {
    require_order(first_row, responses, status.size());
    guarded([&] {
      for (std::size_t t = 0; t < responses_.size(); ++t) {
        write_rows(responses_[t].get(), first_row, responses.targets[t], status);
      }
      std::vector<std::uint8_t> codes(status.size());
      for (std::size_t i = 0; i < status.size(); ++i) {
        codes[i] = status[i].ok ? kRowOk : kRowFailed;
        if (!status[i].ok) write_error(first_row + i, status[i].error);
      }
      write_bytes(status_.get(), first_row, codes);
      check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "write error");
      write_bytes(done_.get(), first_row, std::vector<std::uint8_t>(status.size(), 1));
      check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "write error");
    });
    part_.keep();
    next_row_ += status.size();
  }

  void finish() override {
    if (next_row_ != images_ || file_.get() < 0) {
      throw Error(ErrorCode::kInternal, "writer: finished after " + std::to_string(next_row_) +
                                            " of " + std::to_string(images_) + " rows");
    }
    guarded([&] {
      for (Handle& dataset : responses_) dataset.close("write error");
      for (Handle* handle : {&status_, &error_, &done_, &file_}) handle->close("write error");
    });
    part_.commit(replace_);
  }

 private:
  // Runs a series of HDF5 calls; an error names the file, what is still to be written and the room
  // left, and makes the writer unusable.
  template <typename Calls>
  void guarded(Calls calls) {
    if (failed_) throw Error(ErrorCode::kInternal, "writer: used after an error");
    try {
      calls();
    } catch (const Error& error) {
      abandon();
      throw Error(ErrorCode::kOutput,
                  part_.path().string() + ": " + error.what() + " (" + grouped(bytes_) +
                      " bytes needed in all, " + grouped(free_bytes_beside(part_.path())) +
                      " free on the disk)",
                  "Rows written so far stay readable in this file; /journal/done marks them.");
    }
  }

  // After a failed write the library still holds the bytes it could not write: closing would fail
  // again, or crash. Its identifiers are left to the end of the process.
  void abandon() {
    failed_ = true;
    for (Handle& dataset : responses_) dataset.abandon();
    for (Handle* handle : {&status_, &error_, &done_, &file_}) handle->abandon();
  }

  void require_order(std::size_t first_row, const Responses& responses, std::size_t rows) const {
    if (first_row == next_row_ && rows <= images_ - next_row_ && responses.images == rows &&
        responses.columns == columns_ && responses.targets.size() == responses_.size()) {
      return;
    }
    throw Error(ErrorCode::kInternal, "writer: rows " + std::to_string(first_row) + " + " +
                                          std::to_string(rows) + " do not follow row " +
                                          std::to_string(next_row_) + " of " +
                                          std::to_string(images_));
  }

  void write_images(const RunRecord& record) {
    hdf5::write_image_names(file_.get(), record.image_names);
    status_ = make_bytes("/images/status", kRowNotReached);
    const Handle text = hdf5::text_type(true);
    error_ = make_dataset("/images/error", text.get(), {images_}, [](hid_t) {});
  }

  // `adjust` completes the creation list (fill value, chunks).
  template <typename Adjust>
  Handle make_dataset(const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
                      Adjust adjust) {
    const Handle space = hdf5::simple_space(shape);
    const Handle parents = hdf5::with_parents();
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "cannot create");
    check(H5Pset_obj_track_times(creation.get(), false), "cannot create");  // same run, same bytes
    adjust(creation.get());
    return {H5Dcreate2(file_.get(), path.c_str(), type, space.get(), parents.get(), creation.get(),
                       H5P_DEFAULT),
            H5Dclose, "cannot create"};
  }

  Handle make_bytes(const std::string& path, std::uint8_t fill) {
    return make_dataset(path, H5T_STD_U8LE, {images_}, [fill](hid_t creation) {
      check(H5Pset_fill_value(creation, H5T_NATIVE_UINT8, &fill), "cannot create");
    });
  }

  Handle make_responses(const std::string& path, hsize_t rows) {
    const hsize_t chunk[2] = {rows, columns_};
    return make_dataset(path, H5T_IEEE_F32LE, {images_, columns_}, [&](hid_t creation) {
      // A shard may have no rows; no chunk fits into that.
      if (images_ > 0) check(H5Pset_chunk(creation, 2, chunk), "cannot create");
      check(H5Pset_fill_value(creation, H5T_NATIVE_FLOAT, nan_row_.data()), "cannot create");
    });
  }

  // Runs of good rows straight from the responses; a failed row from a row of NaN.
  void write_rows(hid_t dataset, std::size_t first_row, const float* data,
                  std::span<const RowStatus> status) {
    for (std::size_t i = 0; i < status.size();) {
      std::size_t end = i + 1;
      while (status[i].ok && end < status.size() && status[end].ok) ++end;
      write_block(dataset, first_row + i, end - i,
                  status[i].ok ? data + i * columns_ : nan_row_.data());
      i = end;
    }
  }

  void write_block(hid_t dataset, hsize_t first_row, hsize_t rows, const float* data) {
    const Handle memory = hdf5::simple_space({rows, columns_});
    const Handle space(H5Dget_space(dataset), H5Sclose, "write error");
    const hsize_t start[2] = {first_row, 0};
    const hsize_t count[2] = {rows, columns_};
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr),
          "write error");
    check(H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory.get(), space.get(), H5P_DEFAULT, data),
          "write error");
  }

  void write_items(hid_t dataset, hid_t type, hsize_t first, hsize_t count, const void* data) {
    const Handle memory = hdf5::simple_space({count});
    const Handle space(H5Dget_space(dataset), H5Sclose, "write error");
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &first, nullptr, &count, nullptr),
          "write error");
    check(H5Dwrite(dataset, type, memory.get(), space.get(), H5P_DEFAULT, data), "write error");
  }

  void write_bytes(hid_t dataset, std::size_t first, const std::vector<std::uint8_t>& bytes) {
    write_items(dataset, H5T_NATIVE_UINT8, first, bytes.size(), bytes.data());
  }

  void write_error(std::size_t row, const std::string& reason) {
    const Handle type = hdf5::text_type(true);
    const char* text = reason.c_str();
    write_items(error_.get(), type.get(), row, 1, &text);
  }

  PartFile part_;  // first, so that the lock outlives the file
  std::uint64_t bytes_;
  std::size_t images_;
  std::size_t columns_;
  bool replace_;
  std::vector<float> nan_row_;
  Handle file_;
  std::vector<Handle> responses_;
  Handle status_;
  Handle error_;
  Handle done_;
  std::size_t next_row_ = 0;
  bool failed_ = false;
};

}  // namespace

std::unique_ptr<ResponseWriter> open_hdf5_writer(const std::filesystem::path& destination,
                                                 const RunRecord& record, const Request& request,
                                                 bool replace, std::vector<std::string>* notes) {
  auto writer = std::make_unique<Hdf5Writer>(destination, record, request, replace);
  if (notes != nullptr && writer->leftover_replaced()) {
    notes->push_back("replacing the unfinished " + destination.string() + ".part");
  }
  return writer;
}

std::uint64_t hdf5_bytes(const RunRecord& record, const Request& request) {
  const std::uint64_t rows = chunk_rows(record, request);
  const std::uint64_t images = record.image_names.size();
  const std::uint64_t chunks = (images + rows - 1) / rows;
  const std::uint64_t chunk_bytes = rows * request.columns * sizeof(float);
  std::uint64_t bytes = request.targets.size() * chunks * (chunk_bytes + 64);
  for (const std::string& name : record.image_names) bytes += name.size() + 16 + 16 + 16 + 2;
  bytes += hdf5::column_bytes(request);
  return bytes + request.targets.size() * 4096 + (64u << 10) + record.command_line.size();
}

}  // namespace corticast
