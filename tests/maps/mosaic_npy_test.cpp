#include <hdf5.h>

#include "engine/base/error.h"
#include "engine/base/npy.h"
#include "engine/maps/mosaic_maps.h"
#include "engine/maps/mosaic_names.h"
#include "engine/maps/npy_maps.h"
#include "tests/maps/examples.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

TEST_CASE("names in MOSAIC's layout are different and legal and given back") {
  const std::vector<std::string> names = {
      "a/b c.jpg", "a%2Fb c.jpg", ".", "", "\xc3\xa9", "\xff", "x", "x", "x_rep-1", "x", "..", "%"};
  std::vector<std::string> datasets;
  for (const MosaicName& name : mosaic_names(names)) datasets.push_back(name.dataset);
  CHECK(datasets == std::vector<std::string>{"a%2Fb c.jpg", "a%252Fb c.jpg", "%2E", "%", "\xc3\xa9",
                                             "%FF", "x", "x_rep-2", "x_rep-1", "x_rep-3", "..",
                                             "%25"});
  const TemporaryFolder folder;
  const MemoryMaps maps = example_maps(names, {0, 7, 91281});
  CHECK(write_mosaic_maps(maps, folder / "m.h5", {}).size() == 1);
  const auto read = read_mosaic_maps(folder / "m.h5");
  CHECK(read->names() == names);
  std::vector<float> map(91282);
  for (std::size_t i = 0; i < names.size(); ++i) {
    read->read({i, 1}, map.data());
    CHECK(map[7] == value_at(i, 7));
    CHECK(map[91281] == value_at(i, 91281));
    CHECK(std::isnan(map[1]));
  }
  CHECK_THROWS_AS(write_mosaic_maps(maps, folder / "m.h5", {}), Error);
}

TEST_CASE("files in MOSAIC's layout by others are read by name or refused with what they hold") {
  const TemporaryFolder folder;
  const std::string path = folder / "theirs.hdf5";
  const auto make = [&](hsize_t columns, hid_t type) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t group = H5Gcreate2(file, "betas", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t space = H5Screate_simple(1, &columns, nullptr);
    const std::vector<double> values(columns, 2.5);
    for (const char* name : {"z_rep-0", "a_rep-1", "a_rep-0"}) {
      const hid_t set = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dclose(set);
    }
    H5Sclose(space);
    H5Gclose(group);
    H5Fclose(file);
  };
  make(91282, H5T_IEEE_F64BE);
  auto maps = read_mosaic_maps(path);
  CHECK(maps->names() == std::vector<std::string>{"a_rep-0", "a_rep-1", "z_rep-0"});
  CHECK(all_values(*maps)[2 * 91282 + 5] == 2.5F);
  maps.reset();
  make(57051, H5T_IEEE_F32LE);
  CHECK_THROWS_WITH(read_mosaic_maps(path), contains("/betas/a_rep-0 is numbers [57051]"));
  write_text(path, "no HDF5");
  CHECK_THROWS_WITH(read_mosaic_maps(path), contains("theirs.hdf5"));
}

TEST_CASE("arrays of NumPy are maps in either order and of any number") {
  const TemporaryFolder folder;
  const MemoryMaps maps = example_maps({"a", "b", "c"}, range_of(0, 59412));
  write_npy_maps(maps, folder / "a.npy", {});
  const auto read = read_npy_maps(folder / "a.npy");
  CHECK(read->names() == std::vector<std::string>{"#0", "#1", "#2"});
  CHECK(read->grayordinates() == maps.grayordinates());
  CHECK(all_values(*read) == all_values(maps));

  const auto save = [&](std::string header, const std::string& data) {
    write_text(folder / "b.npy", header + data);
    return read_npy_maps(folder / "b.npy");
  };
  std::string fortran = make_npy_header("<i2", {2, 3});
  fortran.replace(fortran.find("False"), 5, "True ");
  const std::string six("\1\0\4\0\2\0\5\0\3\0\6\0", 12);
  CHECK(all_values(*save(fortran, six)) == std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto one = save(make_npy_header("|u1", {4}), std::string("\1\0\1\1", 4));
  CHECK(all_values(*one) == std::vector<float>{1, 0, 1, 1});
  CHECK(one->grayordinates().empty());
  CHECK_THROWS_AS(save(make_npy_header("<f4", {}), "abcd"), Error);
  CHECK_THROWS_AS(save(make_npy_header("<f4", {1, 1, 1}), "abcd"), Error);
  CHECK_THROWS_AS(save(make_npy_header("<f4", {3, 0}), ""), Error);
  CHECK_THROWS_AS(save(make_npy_header("<f2", {2}), "abcd"), Error);
  CHECK_THROWS_AS(save(make_npy_header("<f4", {2, 2}), "too few"), Error);
}
