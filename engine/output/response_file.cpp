#include "engine/output/response_file.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/base/checked_math.h"
#include "engine/base/error.h"
#include "engine/base/hdf5_read.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/output/manifest.h"
#include "engine/output/row_tables.h"
#include "engine/output/shard_manifest.h"
#include "engine/output/virtual_sources.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorCode::kOutput, what, hint);
}

std::string read_manifest(hid_t file) {
  if (!hdf5::has_attribute(file, "manifest")) refuse("is not an output of corticast");
  return hdf5::text_attribute(file, "manifest");
}

RunRecord read_record(hid_t file, const std::string& manifest, const Json& facts) {
  RunRecord record;
  record.image_names = hdf5::read_texts(file, "/images/path", hdf5::kAnySize);
  record.shard = shard_in(manifest);
  if (facts.contains("shard") != record.shard.has_value()) refuse("has a manifest of no sense");
  record.inputs_hash = facts.value("inputs", "");
  record.model_id = hdf5::text_attribute(file, "model_id");
  record.model_hash = hdf5::text_attribute(file, "model_hash");
  record.model_file = hdf5::text_attribute(file, "model_file");
  record.untrained = hdf5::has_attribute(file, "untrained");
  record.engine_version = hdf5::text_attribute(file, "engine_version");
  record.device = hdf5::text_attribute(file, "device");
  record.arithmetic = facts.value("device", "");
  record.precision = hdf5::text_attribute(file, "precision");
  record.readout = facts.value("readout", "auto");
  record.tune = facts.value("tune", false);
  record.batch = hdf5::number_attribute(file, "batch");
  record.decoder = hdf5::text_attribute(file, "decoder");
  record.command_line = hdf5::text_attribute(file, "command_line");
  record.inherited = Inherited{manifest, hdf5::text_attribute(file, "columns"), {}};
  return record;
}

// The names are the ones that the manifest counts and, of a whole run, hashes.
void check_names(const RunRecord& record, const Json& facts) {
  const std::size_t rows = record.image_names.size();
  if (record.shard) {
    if (fits(record.shard->first_row, rows, record.shard->images)) return;
    refuse("has rows " + std::to_string(record.shard->first_row) + " + " + std::to_string(rows) +
           " of a run of " + std::to_string(record.shard->images));
  }
  if (rows != facts.at("images").get<std::size_t>() ||
      hash_of_names(record.image_names) != facts.at("image names").get<std::string>()) {
    refuse("has other image names than its manifest says");
  }
}

std::vector<RowStatus> read_status(hid_t file, std::size_t rows) {
  const std::vector<std::uint8_t> done = hdf5::read_bytes(file, "/journal/done", rows);
  const auto finished = static_cast<std::size_t>(std::count(done.begin(), done.end(), 1));
  if (finished != rows) {
    refuse("is unfinished: " + grouped(finished) + " of " + grouped(rows) + " rows are done",
           "Run the command that writes it again: it goes on from there.");
  }
  const std::vector<std::uint8_t> codes = hdf5::read_bytes(file, "/images/status", rows);
  std::vector<std::string> errors = hdf5::read_texts(file, "/images/error", rows);
  std::vector<RowStatus> status(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    if (codes[i] != kRowOk && codes[i] != kRowFailed) {
      refuse("row " + std::to_string(i) + " has the unknown status " + std::to_string(codes[i]));
    }
    status[i] = {codes[i] == kRowOk, std::move(errors[i])};
  }
  return status;
}

// "/NaturalScenesDataset/sub-01": {"NaturalScenesDataset", "sub-01"}, NSD-01.
Target target_at(const std::string& path, std::size_t index) {
  Target target{index, split_list(path, '/'), "readout"};
  for (const Dataset& dataset : datasets()) {
    if (target.result_path.size() != 2 || dataset.long_name != target.result_path[0]) continue;
    for (unsigned number = 1; number <= dataset.subjects; ++number) {
      const Subject subject{&dataset, number};
      if (subject.folder() == target.result_path[1]) target.name = subject.canonical();
    }
  }
  return target;
}

ColumnLabels read_labels(hid_t file, hsize_t columns) {
  if (!hdf5::has_object(file, "/vertices/grayordinate")) return {};
  return {hdf5::read_integers(file, "/vertices/grayordinate", columns),
          hdf5::read_texts(file, "/vertices/roi", columns),
          hdf5::read_bytes(file, "/vertices/group", columns)};
}

Request read_layout(hid_t file, const Json& facts, RunRecord& record) {
  Request layout;
  for (const Json& path : facts.at("subjects").elements()) {
    layout.targets.push_back(target_at(path.get<std::string>(), layout.targets.size()));
  }
  const auto columns = facts.at("columns").get<std::uint64_t>();
  if (columns == 0 || columns > std::numeric_limits<std::uint32_t>::max()) refuse("has no columns");
  layout.columns = static_cast<std::uint32_t>(columns);
  layout.labels = read_labels(file, columns);
  if (!hdf5::has_attribute(file, "reduction")) return layout;
  Reduction reduction;
  reduction.kind = hdf5::text_attribute(file, "reduction");
  reduction.names = hdf5::read_texts(file, "/outputs/name", columns);
  if (hdf5::has_attribute(file, "matrix_sha256")) {
    reduction.digest = hdf5::text_attribute(file, "matrix_sha256");
  }
  if (record.inherited) {
    record.inherited->output_vertices = hdf5::read_integers(file, "/outputs/vertices", columns);
  }
  layout.reduction = std::make_shared<const Reduction>(std::move(reduction));
  return layout;
}

Handle open_responses(hid_t file, const Target& target, hsize_t rows, hsize_t columns) {
  const std::string path = hdf5::response_path(target);
  Handle dataset = hdf5::open_dataset(file, path);
  const Handle type(H5Dget_type(dataset.get()), H5Tclose, path.c_str());
  if (hdf5::shape_of(dataset.get()) != std::vector<hsize_t>{rows, columns} ||
      H5Tget_class(type.get()) != H5T_FLOAT) {
    refuse(path + " is not " + grouped(rows) + " rows of " + grouped(columns) + " numbers");
  }
  return dataset;
}

}  // namespace

struct ResponseFile::Impl {
  explicit Impl(const std::filesystem::path& name)
      : path(name), file(hdf5::open_to_read(name)), manifest(read_manifest(file.get())) {
    const Json facts = parse_json(manifest);
    record = read_record(file.get(), manifest, facts);
    check_names(record, facts);
    status = read_status(file.get(), record.image_names.size());
    layout = read_layout(file.get(), facts, record);
    responses.reserve(layout.targets.size());
    for (const Target& target : layout.targets) {
      responses.push_back(open_responses(file.get(), target, status.size(), layout.columns));
      check_virtual_sources(path, responses.back().get(), manifest);
    }
  }

  std::filesystem::path path;
  Handle file;
  std::string manifest;
  RunRecord record;
  std::vector<RowStatus> status;
  Request layout;
  std::vector<Handle> responses;
};

ResponseFile::ResponseFile(const std::filesystem::path& path) try
    : impl_(std::make_unique<Impl>(path)) {
} catch (const Error& error) {
  throw Error(ErrorCode::kOutput, path.string() + ": " + error.what(), error.hint());
} catch (const Json::exception&) {
  throw Error(ErrorCode::kOutput, path.string() + ": has a manifest of no sense");
}

ResponseFile::~ResponseFile() = default;

const std::filesystem::path& ResponseFile::path() const {
  return impl_->path;
}
const RunRecord& ResponseFile::record() const {
  return impl_->record;
}
const std::string& ResponseFile::manifest() const {
  return impl_->manifest;
}
const std::vector<RowStatus>& ResponseFile::status() const {
  return impl_->status;
}
const Request& ResponseFile::layout() const {
  return impl_->layout;
}

void ResponseFile::read(std::size_t target, RowRange rows, float* out) const {
  if (target >= impl_->responses.size() || !fits(rows.first, rows.count, impl_->status.size())) {
    throw Error(ErrorCode::kInternal, "response file: rows or target out of range");
  }
  if (rows.count == 0) return;
  const hid_t dataset = impl_->responses[target].get();
  try {
    const hsize_t start[2] = {rows.first, 0};
    const hsize_t count[2] = {rows.count, impl_->layout.columns};
    const Handle memory = hdf5::simple_space({count[0], count[1]});
    const Handle space(H5Dget_space(dataset), H5Sclose, "read error");
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr),
          "read error");
    check(H5Dread(dataset, H5T_NATIVE_FLOAT, memory.get(), space.get(), H5P_DEFAULT, out),
          "read error");
  } catch (const Error& error) {
    refuse(impl_->path.string() + ": " + error.what());
  }
}

}  // namespace corticast
