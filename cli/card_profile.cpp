#include "cli/card_profile.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cli/words.h"
#include "engine/base/file.h"

namespace corticast::cli {
namespace {

constexpr std::uint64_t kMostBytes = 1 << 20;

constexpr std::array kNumbers = {"cudaDeviceId",
                                 "deviceVer",
                                 "driverVer",
                                 "isTccDriver",
                                 "l2CacheSize",
                                 "maxCtasPerSM",
                                 "maxRegistersPerSM",
                                 "maxSharedMemoryPerBlock",
                                 "maxSharedMemoryPerBlockOptin",
                                 "maxThreadsPerBlock",
                                 "maxThreadsPerSM",
                                 "memClockRateKHz",
                                 "multiProcessorCount",
                                 "pciDeviceId",
                                 "regsPerBlock",
                                 "reservedSharedMemoryPerBlock",
                                 "smClockRateKHz",
                                 "supportCoopLaunch",
                                 "totalGlobalMem",
                                 "warpSize"};
constexpr std::array kTriples = {"maxBlockSize", "maxGridSize"};

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::kUsage, printable(path.string()) + ": " + what,
              "A profile is one JSON object, as cuDNN's CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR "
              "writes it for a device.");
}

bool is_number(const nlohmann::json& value) {
  return value.is_number_integer() && value >= 0;
}

}  // namespace

CardProfile read_card_profile(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_file(path, kMostBytes, ErrorCode::kUsage);
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const nlohmann::json card = nlohmann::json::parse(text, nullptr, false);
  if (!card.is_object()) refuse(path, "is not a JSON object");
  for (const char* const field : kNumbers) {
    if (!card.contains(field)) refuse(path, "the field '" + std::string(field) + "' is missing");
    if (!is_number(card[field])) {
      refuse(path, "the field '" + std::string(field) + "' is " + printable(card[field].dump()) +
                       ", expected a whole number, not negative");
    }
  }
  for (const char* const field : kTriples) {
    if (!card.contains(field)) refuse(path, "the field '" + std::string(field) + "' is missing");
    const nlohmann::json& value = card[field];
    if (!value.is_array() || value.size() != 3 || !std::ranges::all_of(value, is_number)) {
      refuse(path, "the field '" + std::string(field) + "' is " + printable(value.dump()) +
                       ", expected three whole numbers");
    }
  }
  if (!card.contains("deviceName") || !card["deviceName"].is_string()) {
    refuse(path, "the field 'deviceName' is missing or no text");
  }
  const auto version = card["deviceVer"].get<std::uint64_t>();
  if (version < 750 || version > 9990 || version % 10 != 0) {
    refuse(path, "the field 'deviceVer' is " + std::to_string(version) +
                     ", expected 100 times the compute capability, 750 at least");
  }
  return {std::move(text), card["deviceName"].get<std::string>(), static_cast<int>(version / 10)};
}

}  // namespace corticast::cli
