#include "tests/cuda_sim/runtime/profile.h"

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace cuda_sim::runtime {
namespace {

class Fields {
 public:
  Fields(const nlohmann::json& json, const std::string& path) : json_(json), path_(path) {}

  template <class T>
  T number(const char* name) const {
    const nlohmann::json& value = at(name);
    if (!value.is_number_unsigned()) bad(name, "is not a non-negative integer");
    const auto wide = value.get<std::uint64_t>();
    if (wide > std::numeric_limits<T>::max()) bad(name, "is too large");
    return static_cast<T>(wide);
  }
  Dim3 dimensions(const char* name) const {
    const nlohmann::json& value = at(name);
    if (!value.is_array() || value.size() != 3) bad(name, "is not a list of three sizes");
    Dim3 sizes{};
    for (std::size_t i = 0; i < 3; ++i) {
      if (!value[i].is_number_unsigned()) bad(name, "is not a list of three sizes");
      sizes[i] = value[i].get<std::uint32_t>();
    }
    return sizes;
  }
  std::string text(const char* name) const {
    const nlohmann::json& value = at(name);
    if (!value.is_string()) bad(name, "is not a string");
    return value.get<std::string>();
  }

 private:
  const nlohmann::json& at(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) bad(name, "is missing");
    return *found;
  }
  [[noreturn]] void bad(const char* name, const char* what) const {
    throw std::runtime_error("device profile " + path_ + ": \"" + name + "\" " + what);
  }

  const nlohmann::json& json_;
  const std::string& path_;
};

}  // namespace

Profile parse_profile(const std::string& json, const std::string& path) {
  nlohmann::json parsed;
  try {
    parsed = nlohmann::json::parse(json);
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error("device profile " + path + " is not JSON: " + error.what());
  }
  if (!parsed.is_object()) {
    throw std::runtime_error("device profile " + path + " is not a JSON object");
  }
  const Fields fields(parsed, path);
  if (fields.number<std::uint32_t>("warpSize") != 32) {
    throw std::runtime_error("device profile " + path +
                             ": only a \"warpSize\" of 32 can be played");
  }
  Profile profile;
  profile.name = fields.text("deviceName");
  profile.sm = fields.number<std::uint32_t>("deviceVer") / 10;
  profile.multiprocessors = fields.number<std::uint32_t>("multiProcessorCount");
  profile.memory_bytes = fields.number<std::uint64_t>("totalGlobalMem");
  profile.l2_bytes = fields.number<std::uint64_t>("l2CacheSize");
  profile.shared_per_block = fields.number<std::uint32_t>("maxSharedMemoryPerBlock");
  profile.shared_per_block_optin = fields.number<std::uint32_t>("maxSharedMemoryPerBlockOptin");
  profile.reserved_shared_per_block = fields.number<std::uint32_t>("reservedSharedMemoryPerBlock");
  profile.threads_per_block = fields.number<std::uint32_t>("maxThreadsPerBlock");
  profile.max_block = fields.dimensions("maxBlockSize");
  profile.max_grid = fields.dimensions("maxGridSize");
  profile.threads_per_multiprocessor = fields.number<std::uint32_t>("maxThreadsPerSM");
  profile.blocks_per_multiprocessor = fields.number<std::uint32_t>("maxCtasPerSM");
  profile.registers_per_block = fields.number<std::uint32_t>("regsPerBlock");
  profile.clock_khz = fields.number<std::uint32_t>("smClockRateKHz");
  profile.memory_clock_khz = fields.number<std::uint32_t>("memClockRateKHz");
  profile.driver_version = fields.number<std::uint32_t>("driverVer");
  profile.json = json;
  return profile;
}

Profile load_profile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    throw std::runtime_error("cannot read device profile " + path);
  }
  return parse_profile(text.str(), path);
}

}  // namespace cuda_sim::runtime
