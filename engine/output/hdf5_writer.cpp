#include "engine/output/hdf5_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hdf5_handle.h"
#include "engine/base/text.h"
#include "engine/output/earlier_run.h"
#include "engine/output/hdf5_columns.h"
#include "engine/output/hdf5_facts.h"
#include "engine/output/part_file.h"
#include "engine/output/row_tables.h"
#include "engine/output/unfinished_file.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;
using hdf5::RowTables;

std::uint64_t row_bytes(const Request& request) {
  return std::uint64_t{request.targets.size()} * request.columns * sizeof(float);
}

class Hdf5Writer : public ResponseWriter {
 public:
  Hdf5Writer(const std::filesystem::path& destination, const RunRecord& record,
             const Request& request, bool replace, std::vector<std::string>* notes)
      : part_(destination),
        bytes_(hdf5_bytes(record, request)),
        images_(record.image_names.size()),
        columns_(request.columns),
        targets_(request.targets.size()),
        replace_(replace),
        done_(images_, 0) {
    if (!replace && is_taken(destination)) {
      throw Error(ErrorCode::kOutput, destination.string() + ": appeared while this run started",
                  "Run the same command again.");
    }
    std::vector<std::string> unheard;
    std::vector<std::string>& heard = notes == nullptr ? unheard : *notes;
    if (!part_.locked()) {
      heard.push_back(destination.string() +
                      ": its file system has no locks, so let no other process write it");
    }
    const auto earlier = earlier_rows(destination, record, request, replace, &heard);
    earlier ? resume(*earlier, request) : start(record, request);
  }

  std::vector<RowRange> missing() const override {
    std::vector<RowRange> ranges;
    for (auto at = std::ranges::find(done_, 0); at != done_.end();) {
      const auto end = std::find(at, done_.end(), 1);
      ranges.push_back(
          {static_cast<std::size_t>(at - done_.begin()), static_cast<std::size_t>(end - at)});
      at = std::find(end, done_.end(), 0);
    }
    return ranges;
  }

  std::size_t failed_before() const override { return failed_before_; }

  void write(std::size_t first_row, const Responses& responses,
             std::span<const RowStatus> status) override {
    require_missing(first_row, responses, status.size());
    guarded([&] {
      tables_.write(first_row, responses, status);
      check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "write error");
      tables_.mark_done(first_row, status.size());
      check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "write error");
    });
    part_.keep();
    part_.begin_flush();
    std::fill_n(done_.begin() + static_cast<std::ptrdiff_t>(first_row), status.size(),
                std::uint8_t{1});
  }

  void finish() override {
    const auto undone = std::ranges::count(done_, 0);
    if (undone > 0 || file_.get() < 0) {
      throw Error(ErrorCode::kInternal, "writer: finished with " + std::to_string(undone) + " of " +
                                            std::to_string(images_) + " rows missing");
    }
    guarded([&] {
      tables_.close();
      file_.close("write error");
    });
    part_.commit(replace_);
  }

 private:
  void start(const RunRecord& record, const Request& request) {
    part_.empty();
    part_.require_space(bytes_);
    guarded([&] {
      hdf5::initialise();
      file_ = Handle(H5Fcreate(part_.path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT,
                               hdf5::direct_file_access().get()),
                     H5Fclose, "cannot create");
      part_.blank(kSignatureBytes);  // until the flush below has written everything else
      hdf5::write_facts(file_.get(), record, request);
      hdf5::write_image_names(file_.get(), record.image_names);
      hdf5::write_columns(file_.get(), request, record.inherited);
      tables_ = RowTables::create(file_.get(), request, images_);
      // A file whose signature is there has all of its length, too.
      haddr_t end = 0;
      check(H5Fget_eoa(file_.get(), &end), "write error");
      part_.extend(end);
      check(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "write error");
    });
  }

  void resume(const EarlierRows& earlier, const Request& request) {
    const std::uint64_t missing = images_ - earlier.done_rows;
    part_.require_space(missing * row_bytes(request));
    failed_before_ = earlier.failed_rows;
    guarded([&] {
      hdf5::initialise();
      file_ = Handle(H5Fopen(part_.path().c_str(), H5F_ACC_RDWR, hdf5::direct_file_access().get()),
                     H5Fclose, "cannot open");
      tables_ = RowTables::open(file_.get(), request, images_);
    });
    done_ = earlier.done;
  }

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
                  "The rows written so far stay: the same command goes on from them.");
    }
  }

  // After a failed write the library may still hold bytes that it could not write: closing would
  // fail again, or crash. Its identifiers are left to the end of the process.
  void abandon() {
    failed_ = true;
    tables_.abandon();
    file_.abandon();
  }

  void require_missing(std::size_t first_row, const Responses& responses, std::size_t rows) const {
    const bool inside = first_row <= images_ && rows <= images_ - first_row;
    const auto first = done_.begin() + static_cast<std::ptrdiff_t>(inside ? first_row : 0);
    if (inside && rows > 0 && responses.images == rows && responses.columns == columns_ &&
        responses.targets.size() == targets_ &&
        std::find(first, first + static_cast<std::ptrdiff_t>(rows), 1) ==
            first + static_cast<std::ptrdiff_t>(rows)) {
      return;
    }
    throw Error(ErrorCode::kInternal, "writer: rows " + std::to_string(first_row) + " + " +
                                          std::to_string(rows) + " are not missing from " +
                                          std::to_string(images_) + ", or of another shape");
  }

  PartFile part_;  // first, so that the lock outlives the file
  std::uint64_t bytes_;
  std::size_t images_;
  std::size_t columns_;
  std::size_t targets_;
  bool replace_;
  std::vector<std::uint8_t> done_;  // per row
  std::size_t failed_before_ = 0;
  Handle file_;
  RowTables tables_;
  bool failed_ = false;
};

}  // namespace

std::unique_ptr<ResponseWriter> open_hdf5_writer(const std::filesystem::path& destination,
                                                 const RunRecord& record, const Request& request,
                                                 bool replace, std::vector<std::string>* notes) {
  return std::make_unique<Hdf5Writer>(destination, record, request, replace, notes);
}

std::uint64_t hdf5_bytes(const RunRecord& record, const Request& request) {
  std::uint64_t bytes = record.image_names.size() * (row_bytes(request) + hdf5::kReasonBytes);
  for (const std::string& name : record.image_names) bytes += name.size() + 16 + 16 + 2;
  bytes += hdf5::column_bytes(request);
  return bytes + request.targets.size() * 4096 + (64u << 10) + record.command_line.size();
}

}  // namespace corticast
