#include "brain/schemes/schemes.h"

#include <array>

namespace paragon {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<Scheme> (*make)();
};
constexpr std::array kSchemes{
    Entry{"reactive", make_reactive},
    Entry{"paragon", make_paragon},
};

}  // namespace

std::vector<std::string_view> scheme_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kSchemes) names.push_back(entry.name);
  return names;
}

std::unique_ptr<Scheme> make_scheme(std::string_view name) {
  for (const Entry& entry : kSchemes) {
    if (entry.name == name) return entry.make();
  }
  return nullptr;
}

}  // namespace paragon
