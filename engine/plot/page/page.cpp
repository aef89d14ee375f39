#include <openssl/evp.h>

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/maps/binary_text.h"
#include "engine/plot/page/page_assets.h"
#include "engine/plot/page/page_data.h"
#include "engine/plot/plot.h"

namespace corticast {
namespace {

// What a policy names an element by whose text is known: no other script or style is executed,
// whatever a name in the data may say.
std::string source_hash(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorCode::kInternal, "SHA-256 failed");
  }
  return "'sha256-" + base64(std::as_bytes(std::span(digest).first(size))) + "'";
}

}  // namespace

void plot_page(const std::vector<PlotSubject>& subjects, const SurfaceSet& surfaces,
               const PlotOptions& options, const std::filesystem::path& destination, bool replace) {
  check_page(subjects, surfaces, options);
  if (!replace && is_taken(destination)) {
    throw Error(ErrorCode::kOutput, destination.string() + " exists already",
                "Name another file, or overwrite it with --force.");
  }
  const std::string style = page_css(), script = page_script(), page = page_html();
  PendingFile file(destination);
  const auto write = [&](std::string_view text) { file.write(text.data(), text.size()); };
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t mark = page.find('@', at);
    write(std::string_view(page).substr(at, mark - at));
    if (mark == std::string::npos) break;
    const std::size_t end = page.find('@', mark + 1);
    const std::string_view name = std::string_view(page).substr(mark + 1, end - mark - 1);
    if (name == "POLICY") {
      write(
          "default-src 'none'; img-src data: blob:; base-uri 'none'; form-action 'none'; "
          "script-src " +
          source_hash(script) + "; style-src " + source_hash(style));
    } else if (name == "STYLE") {
      write(style);
    } else if (name == "SCRIPT") {
      write(script);
    } else if (name == "DATA") {
      write_page_data(subjects, surfaces, options, write);
    }
    at = end + 1;
  }
  file.commit();
}

}  // namespace corticast
