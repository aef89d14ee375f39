#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "engine/atlas/matrix_reduction.h"
#include "engine/atlas/resolve.h"
#include "engine/base/npy.h"
#include "tests/atlas/models.h"
#include "tests/atlas/support.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"
#include "tests/support/temporary.h"

using namespace corticast;
using corticast::test::contains;
using corticast::test::error_of;
using corticast::test::TemporaryFolder;

namespace {

using Names = std::vector<std::string>;
using Rows = std::vector<std::uint32_t>;

template <typename T>
void save_npy(const std::filesystem::path& path, const std::string& dtype,
              const std::vector<std::uint64_t>& shape, const std::vector<T>& items,
              bool fortran = false) {
  std::string header = make_npy_header(dtype, shape);
  if (fortran) header.replace(header.find("False, "), 7, "True,  ");
  test::write_text(path, header + std::string(as_text(std::as_bytes(std::span(items)))));
}

template <typename T>
std::vector<T> transposed(const std::vector<T>& items, std::size_t rows, std::size_t columns) {
  std::vector<T> result(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    result[i % columns * rows + i / columns] = items[i];
  }
  return result;
}

// An HDF5 file made with the library's C functions alone.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {
    if (file_ < 0) throw std::runtime_error("HDF5 cannot create " + path.string());
  }
  ~NewFile() { H5Fclose(file_); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // chunk: empty for one contiguous block.
  void numbers(const std::vector<hsize_t>& shape, hid_t stored, const std::vector<double>& values,
               const std::vector<hsize_t>& chunk = {}) const {
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    if (!chunk.empty()) H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
    write("/matrix", shape, stored, H5T_NATIVE_DOUBLE, creation, values.data());
    H5Pclose(creation);
  }
  // size: of each string, 0 for variable length.
  void names(const Names& names, std::size_t size, H5T_str_t pad = H5T_STR_NULLPAD) const {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size == 0 ? H5T_VARIABLE : size);
    H5Tset_strpad(type, size == 0 ? H5T_STR_NULLTERM : pad);
    std::vector<const char*> pointers;
    pointers.reserve(names.size());
    std::string text;
    for (const std::string& name : names) {
      pointers.push_back(name.c_str());
      if (size > 0)
        text += name + std::string(size - name.size(), pad == H5T_STR_SPACEPAD ? ' ' : '\0');
    }
    write("/names", {names.size()}, type, type, H5P_DEFAULT,
          size == 0 ? static_cast<const void*>(pointers.data()) : text.data());
    H5Tclose(type);
  }

 private:
  void write(const char* path, const std::vector<hsize_t>& shape, hid_t stored, hid_t memory,
             hid_t creation, const void* values) const {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t set = H5Dcreate2(file_, path, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
      throw std::runtime_error(std::string("HDF5 cannot write ") + path);
    }
    H5Dclose(set);
    H5Sclose(space);
  }
  hid_t file_;
};

// The reduction as a dense matrix over `selected`.
std::vector<double> dense(const ReducedRows& reduced, const Rows& selected) {
  std::vector<double> matrix(reduced.reduction.outputs() * selected.size());
  for (std::size_t output = 0; output < reduced.reduction.outputs(); ++output) {
    std::uint32_t last = 0;
    for (std::size_t term = reduced.reduction.begin[output];
         term < reduced.reduction.begin[output + 1]; ++term) {
      const std::uint32_t row = reduced.reduction.row[term];
      if (term > reduced.reduction.begin[output] && row <= last) FAIL("terms are not ascending");
      last = row;
      const auto at = std::find(selected.begin(), selected.end(), reduced.rows.at(row));
      matrix[output * selected.size() + static_cast<std::size_t>(at - selected.begin())] +=
          reduced.reduction.weight[term];
    }
  }
  return matrix;
}

Rows first_rows(std::size_t count) {
  Rows rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

}  // namespace

TEST_CASE("a matrix keeps its weights, and of the selection the rows that have one") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "m.npy";
  save_npy<float>(path, "<f4", {3, 4}, {0, 2, 0, -1.5f, 0, 0, 0, 0, 0, 0, 0, 0.25f});
  const ReducedRows reduced = matrix_reduction(path, Rows{3, 10, 11, 500});
  CHECK(reduced.rows == Rows{10, 500});
  CHECK(reduced.reduction.kind == "matrix");
  CHECK(reduced.reduction.names == Names{"0", "1", "2"});
  CHECK(reduced.reduction.begin == std::vector<std::size_t>{0, 2, 3, 4});
  CHECK(reduced.reduction.row == Rows{0, 1, 0, 1});
  CHECK(reduced.reduction.weight == std::vector<double>{2, -1.5, 0, 0.25});
  CHECK(vertex_counts(reduced.reduction) == std::vector<std::int32_t>{2, 0, 1});
  CHECK(outputs_with_terms(reduced.reduction) == Rows{0, 1, 2});  // zeros give 0, not NaN
  CHECK(reduced.reduction.digest == sha256_hex(as_byte_span(test::read_text(path))));
}

TEST_CASE("a matrix of zeros alone computes one row") {
  const TemporaryFolder folder;
  save_npy<float>(folder / "m.npy", "<f4", {2, 3}, std::vector<float>(6));
  const ReducedRows reduced = matrix_reduction(folder / "m.npy", Rows{4, 5, 6});
  CHECK(reduced.rows == Rows{4});
  CHECK(reduced.reduction.row == Rows{0, 0});
  CHECK(reduced.reduction.weight == std::vector<double>{0, 0});
}

TEMPLATE_TEST_CASE("matrices of every number type and order are read", "", std::int8_t,
                   std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                   std::int64_t, std::uint64_t, float, double) {
  const TemporaryFolder folder;
  const std::string kind = std::is_floating_point_v<TestType> ? "f"
                           : std::is_signed_v<TestType>       ? "i"
                                                              : "u";
  const std::string dtype =
      (sizeof(TestType) == 1 ? "|" : "<") + kind + std::to_string(sizeof(TestType));
  const auto low = std::numeric_limits<TestType>::lowest();
  const auto high = std::numeric_limits<TestType>::max();
  const std::vector<TestType> items = {1, 0, low, high, 5, 0};
  std::vector<double> expected(items.size());
  std::transform(items.begin(), items.end(), expected.begin(),
                 [](TestType item) { return static_cast<double>(item); });
  const Rows selected = {7, 8, 9};
  save_npy<TestType>(folder / "c.npy", dtype, {2, 3}, items);
  CHECK(dense(matrix_reduction(folder / "c.npy", selected), selected) == expected);
  save_npy<TestType>(folder / "f.npy", dtype, {2, 3}, transposed(items, 2, 3), true);
  CHECK(dense(matrix_reduction(folder / "f.npy", selected), selected) == expected);
}

TEST_CASE("a matrix of many blocks is the same in every layout") {
  const TemporaryFolder folder;
  constexpr std::size_t kOutputs = 97;
  constexpr std::size_t kColumns = 6007;
  test::Random random(3);
  std::vector<float> items = random.floats(kOutputs * kColumns);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i % 7 != 0 || i % kColumns % 13 == 0) items[i] = 0;
  }
  const std::vector<double> wide(items.begin(), items.end());
  const Rows selected = first_rows(kColumns);
  save_npy<float>(folder / "c.npy", "<f4", {kOutputs, kColumns}, items);
  save_npy<float>(folder / "f.npy", "<f4", {kOutputs, kColumns},
                  transposed(items, kOutputs, kColumns), true);
  NewFile(folder / "block.h5").numbers({kOutputs, kColumns}, H5T_IEEE_F32LE, wide);
  NewFile(folder / "small.h5").numbers({kOutputs, kColumns}, H5T_IEEE_F32LE, wide, {10, 1000});
  NewFile(folder / "tall.h5").numbers({kOutputs, kColumns}, H5T_IEEE_F64LE, wide, {97, 3001});
  const ReducedRows plain = matrix_reduction(folder / "c.npy", selected);
  REQUIRE(dense(plain, selected) == wide);
  CHECK(plain.rows.size() < kColumns);
  for (const char* name : {"f.npy", "block.h5", "small.h5", "tall.h5"}) {
    CAPTURE(name);
    const ReducedRows other = matrix_reduction(folder / name, selected);
    CHECK(other.rows == plain.rows);
    CHECK(other.reduction.begin == plain.reduction.begin);
    CHECK(other.reduction.row == plain.reduction.row);
    CHECK(other.reduction.weight == plain.reduction.weight);
    CHECK(other.reduction.digest != plain.reduction.digest);
  }
}

TEST_CASE("an HDF5 matrix brings the names of its outputs") {
  const TemporaryFolder folder;
  const std::vector<double> items = {1, 2, 3, 4};
  const Names names = {"a long one", "V1 \xC3\xBC"};
  const Rows selected = {0, 1};
  const auto names_read = [&](std::size_t size, H5T_str_t pad = H5T_STR_NULLPAD) {
    NewFile file(folder / "m.h5");
    file.numbers({2, 2}, H5T_STD_I16LE, items);
    file.names(names, size, pad);
    return folder / "m.h5";
  };
  CHECK(matrix_reduction(names_read(0), selected).reduction.names == names);
  CHECK(matrix_reduction(names_read(10), selected).reduction.names == names);
  CHECK(matrix_reduction(names_read(16), selected).reduction.names == names);
  CHECK(matrix_reduction(names_read(16, H5T_STR_SPACEPAD), selected).reduction.names == names);
  NewFile(folder / "n.hdf5").numbers({2, 2}, H5T_IEEE_F32LE, items);
  const ReducedRows bare = matrix_reduction(folder / "n.hdf5", selected);
  CHECK(bare.reduction.names == Names{"0", "1"});
  CHECK(dense(bare, selected) == items);
}

TEST_CASE("a matrix of another shape is refused with both shapes and the remedy") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "m.npy";
  const auto refusal = [&](const std::vector<std::uint64_t>& shape) {
    std::uint64_t items = 1;
    for (const std::uint64_t size : shape) items *= size;
    save_npy(path, "|u1", shape, std::vector<std::uint8_t>(items, 1));
    return error_of([&] { matrix_reduction(path, first_rows(5)); });
  };
  CHECK(refusal({3, 5}).empty());
  CHECK_THAT(refusal({3, 4}), contains("code 2: " + path.string()) &&
                                  contains("shape [3, 4], expected [outputs, 5] | "));
  CHECK_THAT(refusal({5, 4}), contains("[5, 4]") && contains("Save matrix.T"));
  CHECK_THAT(refusal({5}), contains("shape [5]") && contains("matrix[None]"));
  CHECK_THAT(refusal({4}), contains("shape [4]"));
  CHECK_THAT(refusal({}), contains("shape []"));
  CHECK_THAT(refusal({1, 2, 5}), contains("shape [1, 2, 5]"));
  CHECK_THAT(refusal({0, 5}), contains("shape [0, 5]") && contains("1 to 1,048,576 outputs"));
  CHECK_THAT(refusal({3, 0}), contains("shape [3, 0]"));
}

TEST_CASE("weights that are no finite numbers are refused by row and column") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "m.npy";
  const auto refusal = [&] { return error_of([&] { matrix_reduction(path, first_rows(3)); }); };
  const double nan = std::nan("");
  const float infinite = std::numeric_limits<float>::infinity();
  save_npy<double>(path, "<f8", {2, 3}, {0, 0, 1, 1, nan, 0});
  CHECK_THAT(refusal(), contains("row 1, column 1 is nan"));
  save_npy<double>(path, "<f8", {2, 3}, {0, 0, 1, nan, 1, 0}, true);
  CHECK_THAT(refusal(), contains("row 1, column 1 is nan"));
  save_npy<float>(path, "<f4", {2, 3}, {0, 0, -infinite, 1, 2, 0});
  CHECK_THAT(refusal(), contains("row 0, column 2 is -inf"));
  save_npy<std::uint8_t>(path, "|b1", {2, 3}, std::vector<std::uint8_t>(6, 1));
  CHECK_THAT(refusal(), contains("the weights are |b1, expected float32"));
  save_npy<std::uint16_t>(path, "<f2", {2, 3}, std::vector<std::uint16_t>(6));
  CHECK_THAT(refusal(), contains("the weights are <f2"));
}

TEST_CASE("an HDF5 file that holds no matrix is refused by name") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "m.h5";
  const auto refusal = [&] { return error_of([&] { matrix_reduction(path, first_rows(2)); }); };
  const std::vector<double> items = {1, 2, 3, 4};
  H5E_auto2_t printer = nullptr;
  void* unused = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &printer, &unused);
  CHECK_THAT(refusal(), contains("code 2: " + path.string()));
  H5E_auto2_t after = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &after, &unused);
  CHECK((after == printer && printer != nullptr));  // its errors are the process' own again
  test::write_text(path, "no HDF5");
  CHECK_THAT(refusal(), contains("code 2: " + path.string()) && contains("dataset /matrix"));
  NewFile(path).names({"x"}, 0);
  CHECK_THAT(refusal(), contains("no dataset /matrix"));
  NewFile(path).numbers({4}, H5T_IEEE_F32LE, items);
  CHECK_THAT(refusal(), contains("shape [4], expected [outputs, 2]"));
  {
    NewFile file(path);
    file.numbers({2, 2}, H5T_IEEE_F32LE, items);
    file.names({"a", "b", "c"}, 0);
  }
  CHECK_THAT(refusal(), contains("/names holds 3 names, expected one for each of the 2 rows"));
  {
    NewFile file(path);
    file.numbers({2, 2}, H5T_IEEE_F32LE, items);
    file.names({"same", "same"}, 0);
  }
  CHECK_THAT(refusal(), contains("outputs 0 and 1 have the same name 'same'"));
  {
    NewFile file(path);
    file.numbers({2, 2}, H5T_IEEE_F32LE, items);
    file.names({"\xFF", "b"}, 4);
  }
  CHECK_THAT(refusal(), contains("name 0 of /names is not UTF-8"));
}

TEST_CASE("a matrix works with a selection, and on a model without atlas") {
  const TemporaryFolder folder;
  const std::string path = (folder / "m.npy").string();
  RequestSpec spec;
  spec.reduce = path;
  save_npy<float>(path, "<f4", {1, 5}, {0, 1, 0, 0, 3});
  const Request bare = resolve_request(test::model_without_atlas(5), spec);
  CHECK(bare.rows == Rows{1, 4});
  CHECK(bare.columns == 1);
  CHECK(bare.reduction->weight == std::vector<double>{1, 3});

  spec.roi = {"L_RSC"};
  CHECK_THAT(error_of([&] { resolve_request(test::nsd_model(), spec); }),
             contains("shape [1, 5], expected [outputs, 3]"));
  save_npy<float>(path, "<f4", {2, 3}, {0, 1, 0, 0, 1, 3});
  const Request request = resolve_request(test::nsd_model(), spec);
  CHECK(request.rows == Rows{681, 682});
  CHECK(request.columns == 2);
  CHECK(request.labels.grayordinate.empty());
  spec.expand = true;
  CHECK_THAT(error_of([&] { resolve_request(test::nsd_model(), spec); }),
             contains("code 2: --expand"));
}
