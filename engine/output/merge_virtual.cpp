#include "engine/output/merge_virtual.h"

#include <limits>

#include "engine/base/error.h"
#include "engine/base/hdf5_handle.h"
#include "engine/output/earlier_run.h"
#include "engine/output/hdf5_columns.h"
#include "engine/output/hdf5_facts.h"
#include "engine/output/part_file.h"
#include "engine/output/row_tables.h"
#include "engine/output/virtual_sources.h"

namespace corticast {
namespace {

using hdf5::check;
using hdf5::Handle;

// Virtual datasets came with 1.10.
Handle create_file(const std::filesystem::path& path) {
  const Handle access = hdf5::file_access();
  check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_EARLIEST, H5F_LIBVER_V110), "library bounds");
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose,
          "cannot create"};
}

std::string name_beside(const std::filesystem::path& shard,
                        const std::filesystem::path& destination) {
  const auto folder = std::filesystem::canonical(
      destination.has_parent_path() ? destination.parent_path() : std::filesystem::path("."));
  const auto name = shard.has_parent_path() ? std::filesystem::canonical(shard.parent_path())
                                            : std::filesystem::current_path();
  return (name / shard.filename()).lexically_relative(folder).string();
}

// As the writer makes them.
void write_status(hid_t file, const std::vector<RowStatus>& status) {
  hdf5::RowTables tables = hdf5::RowTables::create(file, Request{}, status.size());
  if (!status.empty()) {
    tables.write(0, {status.size(), 0, {}}, status);
    tables.mark_done(0, status.size());
  }
  tables.close();
}

void write_responses(hid_t file, const MergeSet& set, const std::vector<std::string>& names,
                     const Target& target) {
  const std::string path = hdf5::response_path(target);
  const hsize_t rows = set.status.size();
  const hsize_t columns = set.layout.columns;
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "cannot create");
  check(H5Pset_obj_track_times(creation.get(), false), "cannot create");
  const float nothing = std::numeric_limits<float>::quiet_NaN();
  check(H5Pset_fill_value(creation.get(), H5T_NATIVE_FLOAT, &nothing), "cannot create");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (set.shards[i].rows.count == 0) continue;
    add_virtual_source(creation.get(), path, names[i], set.shards[i].rows, rows, columns);
  }
  const Handle space = hdf5::simple_space({rows, columns});
  const Handle parents = hdf5::with_parents();
  Handle dataset(H5Dcreate2(file, path.c_str(), H5T_IEEE_F32LE, space.get(), parents.get(),
                            creation.get(), H5P_DEFAULT),
                 H5Dclose, "cannot create");
  dataset.close("write error");
}

}  // namespace

void write_virtual(const MergeSet& set, const std::filesystem::path& destination, bool replace) {
  hdf5::initialise();
  PartFile part(destination);
  // Refuses what is another run's; copies of these rows are not needed.
  (void)earlier_rows(destination, set.record, set.layout, replace, nullptr);
  part.empty();
  std::vector<std::string> names;
  names.reserve(set.shards.size());
  try {
    for (const ShardFile& shard : set.shards) names.push_back(name_beside(shard.path, destination));
    Handle file = create_file(part.path());
    hdf5::write_facts(file.get(), set.record, set.layout);
    hdf5::write_image_names(file.get(), set.record.image_names);
    hdf5::write_columns(file.get(), set.layout, set.record.inherited);
    for (const Target& target : set.layout.targets) {
      write_responses(file.get(), set, names, target);
    }
    write_status(file.get(), set.status);
    check(H5Fflush(file.get(), H5F_SCOPE_LOCAL), "write error");
    file.close("write error");
  } catch (const Error& error) {
    throw Error(ErrorCode::kOutput, part.path().string() + ": " + error.what(), error.hint());
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(ErrorCode::kOutput, destination.string() + ": " + error.what());
  }
  part.commit(replace);
}

}  // namespace corticast
