#include "brain/schemes/schemes.h"

#include <algorithm>

#include "base/check.h"

namespace paragon {
namespace {

constexpr std::array kSchemes{
    &kReactive, &kUtilAware, &kExascale, &kMixed, &kParagon,    &kNewsvendor,        &kInfaas,
    &kMark,     &kSpock,     &kLibra,    &kHpa,   &kKnativeKpa, &kAwsTargetTracking, &kRayServe,
    &kPlanned,
};

}  // namespace

double Knobs::operator[](std::string_view name) const {
  const auto set = tuning_.find(name);
  if (set != tuning_.end()) return set->second;
  for (const Knob& knob : knobs_) {
    if (knob.name == name) return knob.standard;
  }
  PARAGON_CHECK(false, "no knob named " + std::string(name));
  return 0;
}

std::span<const SchemeInfo* const> schemes() { return kSchemes; }

std::vector<std::string_view> scheme_names() {
  std::vector<std::string_view> names;
  names.reserve(kSchemes.size());
  for (const SchemeInfo* scheme : kSchemes) names.push_back(scheme->name);
  return names;
}

std::vector<std::string_view> deciding_scheme_names() {
  std::vector<std::string_view> names;
  for (const SchemeInfo* scheme : kSchemes) {
    if (!scheme->follows_plan) names.push_back(scheme->name);
  }
  return names;
}

const Knob* SchemeInfo::find_knob(std::string_view knob) const {
  const auto found = std::ranges::find(knobs, knob, &Knob::name);
  return found == knobs.end() ? nullptr : &*found;
}

const SchemeInfo* find_scheme(std::string_view name) {
  for (const SchemeInfo* scheme : kSchemes) {
    if (scheme->name == name) return scheme;
  }
  return nullptr;
}

std::unique_ptr<Scheme> make_scheme(const BrainSettings& settings) {
  const SchemeInfo* info = find_scheme(settings.scheme);
  if (info == nullptr) return nullptr;
  return info->make(Knobs(info->knobs, settings.tuning), settings);
}

}  // namespace paragon
