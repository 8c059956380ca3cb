#include "load/answer.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "wire/oip.h"

namespace paragon {
namespace {

LoadOutcome trouble(LoadOutcome::End end, std::string text) {
  LoadOutcome outcome;
  outcome.end = end;
  outcome.trouble = std::move(text);
  return outcome;
}

// The text of `{"error": "..."}`, or the beginning of whatever came, on one line.
std::string said(const std::string& body) {
  constexpr std::size_t kShown = 160;
  std::string text = body;
  const std::size_t key = text.find("\"error\"");
  if (key != std::string::npos) {
    const std::size_t begin = text.find('"', text.find(':', key));
    const std::size_t end = text.rfind('"');
    if (begin != std::string::npos && end > begin) text = text.substr(begin + 1, end - begin - 1);
  }
  if (text.size() > kShown) {
    std::size_t cut = kShown;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    text = text.substr(0, cut) + "...";
  }
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

std::optional<double> number(const oip::Parameters& parameters, std::string_view name) {
  const auto it = parameters.find(name);
  if (it == parameters.end()) return std::nullopt;
  if (const auto* d = std::get_if<double>(&it->second)) return *d;
  if (const auto* i = std::get_if<std::int64_t>(&it->second)) return static_cast<double>(*i);
  if (const auto* s = std::get_if<std::string>(&it->second)) {
    double value = 0;
    const auto [end, fault] = std::from_chars(s->data(), s->data() + s->size(), value);
    if (fault == std::errc{} && end == s->data() + s->size()) return value;
  }
  return std::nullopt;
}

std::string text(const oip::Parameters& parameters, std::string_view name) {
  const auto it = parameters.find(name);
  const auto* s = it == parameters.end() ? nullptr : std::get_if<std::string>(&it->second);
  return s ? *s : std::string();
}

// The first element of a tensor of strings.
std::optional<std::string_view> first_element(const oip::Tensor& tensor) {
  if (tensor.type != oip::DataType::bytes || tensor.data.size() < 4) return std::nullopt;
  std::uint32_t length = 0;
  for (int i = 3; i >= 0; --i) {
    length = length << 8 | static_cast<unsigned char>(tensor.data[static_cast<std::size_t>(i)]);
  }
  if (length > tensor.data.size() - 4) return std::nullopt;
  return std::string_view(tensor.data).substr(4, length);
}

// Lists of ImageNet's classes give synonyms ("hotdog, hot dog, red hot"); servers answer with the
// first or with the whole.
bool names_class(std::string_view answer, std::string_view label) {
  return answer == label || answer == label.substr(0, label.find(", "));
}

}  // namespace

LoadOutcome read_answer(const Result<http::Answer>& answer, const std::string& label) {
  if (!answer) return trouble(LoadOutcome::End::failed, answer.error().message);
  if (answer->status == 429 || answer->status == 503) {
    return trouble(LoadOutcome::End::refused,
                   fmt::format("HTTP {}: {}", answer->status, said(answer->body)));
  }
  if (answer->status < 200 || answer->status > 299) {
    return trouble(LoadOutcome::End::failed,
                   fmt::format("HTTP {}: {}", answer->status, said(answer->body)));
  }
  const auto response = oip::parse_response(answer->headers.find(oip::kJsonLength), answer->body);
  if (!response) {
    return trouble(LoadOutcome::End::failed,
                   "an answer that cannot be read: " + response.error().message);
  }
  LoadOutcome outcome;
  outcome.variant = text(response->parameters, "variant");
  if (outcome.variant.empty()) outcome.variant = response->model_name;
  outcome.resource = text(response->parameters, "resource");
  if (const auto cost = number(response->parameters, "cost_usd")) outcome.cost = dollars(*cost);
  if (!label.empty() && !response->outputs.empty()) {
    if (const auto first = first_element(response->outputs.front()))
      outcome.correct = names_class(*first, label);
  }
  return outcome;
}

}  // namespace paragon
