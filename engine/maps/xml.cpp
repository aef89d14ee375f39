#include "engine/maps/xml.h"

#include <expat.h>

#include <algorithm>
#include <climits>
#include <exception>
#include <memory>
#include <new>

namespace corticast {
namespace {

constexpr std::size_t kMostDepth = 32;
constexpr std::size_t kMostElements = 1'000'000;
constexpr std::size_t kStep = 1u << 24;  // bytes for the parser at a time: it counts in int

[[noreturn]] void refuse(const std::string& source, const std::string& what) {
  throw Error(ErrorCode::kUsage, source + ": " + what);
}

// Builds the tree. What goes wrong in a callback waits until the C library has returned.
struct Builder {
  XML_Parser parser = nullptr;
  XmlElement root;  // a root above the document's own
  std::vector<XmlElement*> open;
  std::size_t elements = 0;
  const char* refusal = nullptr;
  std::exception_ptr failure;

  template <typename Work>
  void guarded(Work work) noexcept {
    if (refusal != nullptr || failure) return;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    if (refusal != nullptr || failure) XML_StopParser(parser, XML_FALSE);
  }

  void start(const char* name, const char** attributes) {
    if (open.size() > kMostDepth) {
      refusal = "elements nest deeper than 32";
      return;
    }
    if (++elements > kMostElements) {
      refusal = "more than 1,000,000 elements";
      return;
    }
    // Pointers stay: nothing is added to a parent while a child is open.
    XmlElement& element = open.back()->children.emplace_back();
    element.name = name;
    for (; *attributes != nullptr; attributes += 2) {
      element.attributes.emplace(attributes[0], attributes[1]);
    }
    open.push_back(&element);
  }
};

Builder& builder_of(void* user) {
  return *static_cast<Builder*>(user);
}

void on_start(void* user, const char* name, const char** attributes) {
  builder_of(user).guarded([&] { builder_of(user).start(name, attributes); });
}

void on_end(void* user, const char*) {
  builder_of(user).guarded([&] { builder_of(user).open.pop_back(); });
}

void on_text(void* user, const char* text, int size) {
  builder_of(user).guarded(
      [&] { builder_of(user).open.back()->text.append(text, static_cast<std::size_t>(size)); });
}

void on_entity(void* user, const char*, int, const char*, int, const char*, const char*,
               const char*, const char*) {
  builder_of(user).guarded([&] { builder_of(user).refusal = "declares an XML entity"; });
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlElement& one) { return one.name == wanted; });
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::attribute(std::string_view wanted) const {
  const auto found = attributes.find(wanted);
  return found == attributes.end() ? std::string_view{} : std::string_view(found->second);
}

XmlElement parse_xml(std::string_view bytes, const std::string& source) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), XML_ParserFree);
  if (parser == nullptr) throw std::bad_alloc();
  Builder builder;
  builder.parser = parser.get();
  builder.open.reserve(kMostDepth + 2);
  builder.open.push_back(&builder.root);
  XML_SetUserData(parser.get(), &builder);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetEntityDeclHandler(parser.get(), on_entity);

  for (bool last = false; !last;) {
    const std::string_view piece = bytes.substr(0, kStep);
    bytes.remove_prefix(piece.size());
    last = bytes.empty();
    const auto status =
        XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
    if (builder.failure) std::rethrow_exception(builder.failure);
    if (builder.refusal != nullptr) refuse(source, builder.refusal);
    if (status == XML_STATUS_OK) continue;
    const XML_Error error = XML_GetErrorCode(parser.get());
    if (error == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
    refuse(source, "is not well-formed XML: line " +
                       std::to_string(XML_GetCurrentLineNumber(parser.get())) + ": " +
                       XML_ErrorString(error));
  }
  return std::move(builder.root.children.front());
}

std::map<std::string, std::string> xml_metadata(const XmlElement& element) {
  std::map<std::string, std::string> meta;
  const XmlElement* const data = element.child("MetaData");
  if (data == nullptr) return meta;
  for (const XmlElement& one : data->children) {
    const XmlElement* const name = one.child("Name");
    const XmlElement* const value = one.child("Value");
    if (name != nullptr && value != nullptr) meta.emplace(name->text, value->text);
  }
  return meta;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace corticast
