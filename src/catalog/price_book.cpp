#include "catalog/price_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "catalog/market.h"

namespace paragon {
namespace {

constexpr std::size_t kWidth = 100;  // of the file, in columns
constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kMillisecond = std::chrono::milliseconds(1);
constexpr double kMbPerVcpu = 1769;  // the reader's rule where an offer does not say its vCPUs

std::string in(Duration length, Duration unit) {
  return decimal_text(static_cast<double>(length.count()) / static_cast<double>(unit.count()));
}

// A text that YAML reads as it is, whatever is in it.
std::string quoted(std::string_view text) {
  const bool plain =
      std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c != 127; });
  std::string out(1, plain ? '\'' : '"');
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (plain) {
      out += c == '\'' ? "''" : std::string(1, c);
    } else if (code < ' ' || code == 127) {
      out += fmt::format("\\x{:02x}", code);
    } else {
      out += c == '"' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c);
    }
  }
  return out + out.front();
}

std::string name_text(const std::string& name) {
  const bool letter = !name.empty() && std::isalpha(static_cast<unsigned char>(name.front()));
  const bool null =
      name == "null" || name == "Null" || name == "NULL";  // which YAML has for nothing
  return letter && !null && name.find(':') == std::string::npos ? name : quoted(name);
}

struct Field {
  std::string name;
  std::string value;  // as the file has it; empty: not there
  // What the reader takes where it is not there. None: it takes no default of ours either, so the
  // field stands with each offer that has it.
  std::optional<std::string> unsaid;
};
using Fields = std::vector<Field>;

Field own(std::string name, std::string value) {
  return {std::move(name), std::move(value), std::nullopt};
}
Field shared(std::string name, std::string value, std::string unsaid) {
  return {std::move(name), std::move(value), std::move(unsaid)};
}
std::string unless_zero(double value) { return value == 0 ? "" : decimal_text(value); }

Fields fields_of(const MachineOffer& o) {
  const MachineOffer unsaid;
  const bool in_quarters = o.memory.value % 256 == 0;
  const bool burstable = o.credits_per_hour != 0;
  return {
      own("name", name_text(o.name)),
      own("market", o.market == Market::on_demand ? "" : std::string(name(o.market))),
      own("vcpus", decimal_text(o.vcpus.value)),
      in_quarters ? own("memory_gib", decimal_text(static_cast<double>(o.memory.value) / 1024))
                  : own("memory_mb", std::to_string(o.memory.value)),
      own("price_usd_per_hour", decimal_text(o.price.value)),
      shared("speed", decimal_text(o.speed), "1"),
      shared("minimum_billed_s", in(o.minimum_billed, kSecond), in(unsaid.minimum_billed, kSecond)),
      shared("billing_step_s", in(o.billing_step, kSecond), in(unsaid.billing_step, kSecond)),
      shared("provisioning_delay_s", in(o.provisioning_delay.median, kSecond), ""),
      shared("provisioning_delay_sigma", decimal_text(o.provisioning_delay.sigma), "0"),
      shared("no_capacity_probability", decimal_text(o.no_capacity_probability), "0"),
      shared("boot_failure_probability", decimal_text(o.boot_failure_probability), "0"),
      own("interruptions_per_month", unless_zero(o.interruptions_per_month)),
      shared("interruption_notice_s", in(o.interruption_notice, kSecond),
             in(unsaid.interruption_notice, kSecond)),
      shared("interrupted_together", decimal_text(o.interrupted_together), "0"),
      own("credits_per_hour", unless_zero(o.credits_per_hour)),
      own("credits_max", burstable || o.credits_max != 0 ? decimal_text(o.credits_max) : ""),
      own("credits_at_launch", unless_zero(o.credits_at_launch)),
      own("surcharge_usd_per_vcpu_hour",
          o.surcharge_per_vcpu_hour ? decimal_text(o.surcharge_per_vcpu_hour->value) : ""),
      shared("source", o.source.empty() ? "" : quoted(o.source), ""),
  };
}

Fields fields_of(const FunctionOffer& o) {
  const FunctionOffer unsaid;
  const bool by_memory = o.vcpus.value == static_cast<double>(o.memory.value) / kMbPerVcpu;
  return {
      own("name", name_text(o.name)),
      own("memory_mb", std::to_string(o.memory.value)),
      own("vcpus", by_memory ? "" : decimal_text(o.vcpus.value)),
      shared("speed", decimal_text(o.speed), "1"),
      shared("price_usd_per_gb_second", decimal_text(o.price.value), ""),
      shared("price_usd_per_call", decimal_text(o.price_per_call.value), ""),
      shared("provisioned_usd_per_gb_second",
             o.provisioned ? decimal_text(o.provisioned->kept.value) : "", ""),
      shared("provisioned_run_usd_per_gb_second",
             o.provisioned ? decimal_text(o.provisioned->run.value) : "", ""),
      shared("billing_step_ms", in(o.billing_step, kMillisecond),
             in(unsaid.billing_step, kMillisecond)),
      shared("cold_start_s", in(o.cold_start.median, kSecond), ""),
      shared("cold_start_sigma", decimal_text(o.cold_start.sigma), "0"),
      shared("keep_alive_s", in(o.keep_alive, kSecond), in(unsaid.keep_alive, kSecond)),
      shared("concurrency_limit", std::to_string(o.concurrency_limit),
             std::to_string(unsaid.concurrency_limit)),
      shared("burst_limit", std::to_string(o.burst_limit), std::to_string(unsaid.burst_limit)),
      shared("burst_growth_per_minute", decimal_text(o.burst_growth_per_minute),
             decimal_text(unsaid.burst_growth_per_minute)),
      shared("payload_bytes_max", std::to_string(o.payload_bytes_max),
             std::to_string(unsaid.payload_bytes_max)),
      shared("source", o.source.empty() ? "" : quoted(o.source), ""),
  };
}

// What each shared field's default shall be: its commonest value. Of a field that some offer does
// not have at all, none: an offer cannot take a default back.
std::map<std::string, std::string> defaults_of(const std::vector<Fields>& offers) {
  std::map<std::string, std::map<std::string, std::size_t>> counts;
  for (const Fields& offer : offers)
    for (const Field& field : offer)
      if (field.unsaid) ++counts[field.name][field.value];
  std::map<std::string, std::string> out;
  for (const auto& [name, values] : counts) {
    const auto most = std::ranges::max_element(
        values, [](const auto& a, const auto& b) { return a.second < b.second; });
    out[name] = values.contains("") ? "" : most->first;
  }
  return out;
}

// "  - {a: 1, b: 2,\n     c: 3}\n", no wider than the file.
std::string entry_text(const Fields& fields, const std::map<std::string, std::string>& defaults) {
  std::string out;
  std::string line = "  - {";
  bool first = true;
  for (const Field& field : fields) {
    if (field.value.empty()) continue;
    if (field.unsaid) {
      const std::string& by_default = defaults.at(field.name);
      if (field.value == (by_default.empty() ? *field.unsaid : by_default)) continue;
    }
    const std::string pair = field.name + ": " + field.value;
    if (!first && line.size() + pair.size() + 3 > kWidth) {
      out += line + ",\n";
      line = "     " + pair;
    } else {
      line += (first ? "" : ", ") + pair;
    }
    first = false;
  }
  return out + line + "}\n";
}

std::string table_text(const std::string& name, const std::vector<Fields>& offers,
                       const std::vector<std::string>& comments) {
  if (offers.empty()) return "";
  const auto defaults = defaults_of(offers);
  std::string out;
  for (const Field& field : offers.front()) {  // all have the same, in the same order
    if (!field.unsaid) continue;
    const std::string& value = defaults.at(field.name);
    if (!value.empty() && value != *field.unsaid)
      out += fmt::format("  {}: {}\n", field.name, value);
  }
  if (!out.empty()) out = fmt::format("\n{}_defaults:\n{}", name, out);
  out += fmt::format("\n{}:\n", name);
  for (std::size_t i = 0; i < offers.size(); ++i)
    out += comments[i] + entry_text(offers[i], defaults);
  return out;
}

}  // namespace

std::string price_book_text(const PriceBook& book) {
  std::string out;
  for (std::string_view rest = book.head; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    out += line.empty() ? "#\n" : fmt::format("# {}\n", line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out += "paragon: 1\n";
  if (!book.description.empty()) out += fmt::format("description: {}\n", quoted(book.description));

  std::vector<Fields> machines;
  std::vector<std::string> comments;
  for (const MachineOffer& offer : book.machine_offers) {
    const bool same =
        !machines.empty() && book.machine_offers[machines.size() - 1].market == offer.market;
    const char* market = offer.market == Market::on_demand ? "On demand"
                         : offer.market == Market::spot    ? "Spot"
                                                           : "Burstable";
    comments.push_back(same ? "" : fmt::format("  # {}\n", market));
    machines.push_back(fields_of(offer));
  }
  out += table_text("machine_offers", machines, comments);

  std::vector<Fields> functions;
  for (const FunctionOffer& offer : book.function_offers) functions.push_back(fields_of(offer));
  out += table_text("function_offers", functions, std::vector<std::string>(functions.size()));
  return out;
}

}  // namespace paragon
