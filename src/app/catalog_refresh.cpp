// paragon catalog refresh: a price book with the prices of today, asked from AWS.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>

#include "app/catalog_commands.h"
#include "app/cloud_flags.h"
#include "app/data_dir.h"
#include "app/flag_checks.h"
#include "app/output_file.h"
#include "base/decimal.h"
#include "catalog/load.h"
#include "catalog/price_book.h"
#include "cloud/aws/price_survey.h"
#include "report/table.h"
#include "wire/loop.h"

namespace paragon {
namespace {

constexpr const char* kShipped = "data/prices/aws-us-east-1.yaml";
constexpr std::uint64_t kSeed = 1;  // of the waits between two tries

struct Flags {
  std::string from;
  std::string out;
  std::string region;
  std::string architecture = "x86_64";
  int spot_days = 7;
  bool dry_run = false;
};

int refuse(const Error& error) {
  fmt::print(stderr, "paragon catalog refresh: {}\n", error.message);
  return error.code == ErrorCode::invalid ? 2 : 1;
}

void warn(const std::string& what) {
  fmt::print(stderr, "paragon catalog refresh: warning: {}\n", what);
}

Result<Catalog> old_book(const Flags& flags) {
  std::string path = flags.from;
  if (path.empty()) {
    auto shipped = find_shipped(kShipped);
    if (!shipped) return shipped.error();
    path = std::move(*shipped);
  }
  LoadOptions options;
  options.require_files = false;
  auto catalog = load_catalog(path, options);
  if (catalog && catalog->machine_offers().empty() && catalog->function_offers().empty())
    return Error{ErrorCode::invalid, path + ": holds no offers, so there is nothing to price"};
  return catalog;
}

Result<aws::AskedPrices> ask(const Flags& flags, const Catalog& old) {
  spdlog::set_default_logger(spdlog::stderr_logger_st("paragon"));
  spdlog::set_level(spdlog::level::err);
  Loop loop;
  auto account = aws::Account::open(loop, aws::this_process(), flags.region);
  if (!account) return account.error();
  if (flags.dry_run) run_dry(**account);
  aws::PriceQuestions questions = aws::PriceQuestions::of(old);
  questions.spot_days = flags.spot_days;
  questions.architecture = *aws::lambda::architecture(flags.architecture);  // CLI checked it
  aws::PriceSurvey survey(**account, std::move(questions), kSeed);
  std::optional<Result<aws::AskedPrices>> asked;
  survey.run([&](Result<aws::AskedPrices> prices) {
    asked.emplace(std::move(prices));
    loop.stop();
  });
  loop.run();
  return std::move(*asked);
}

std::string date(aws::Instant when) { return aws::extended_text(when).substr(0, 10); }

std::string head_text(const aws::AskedPrices& asked, const std::string& origin) {
  return fmt::format(
      "What AWS sells in {0}, written by `paragon catalog refresh` on {1}.\n"
      "US dollars, Linux, shared tenancy, without taxes. Use it by including it in a catalog that "
      "has\ntasks and variants.\n"
      "\n"
      "Where the figures are from\n"
      "  on demand, burstable   AWS Price List, read on {1}\n"
      "  spot                   EC2's spot price history: what was not exceeded for half of the "
      "time\n"
      "                         from {2} to {1}, all zones together\n"
      "  Lambda                 AWS Price List, read on {1}: {3}, first tier\n"
      "  all else               sizes, delays, interruption rates, credits, surcharges and limits "
      "are\n"
      "                         those of {4}, which says where they are from",
      asked.region, date(asked.read), date(asked.spot_from), aws::lambda::name(asked.architecture),
      origin);
}

std::string change_text(const aws::PriceChange& change) {
  if (change.now == change.before) return "same";
  if (change.before <= Dollars{}) return "new";
  return fmt::format("{:+.1f} %", 100 * (change.now / change.before - 1));
}

void show(const aws::RefreshedOffers& offers) {
  TextTable table(
      {{"offer", Align::left}, {"price of", Align::left}, {"old"}, {"new"}, {"change"}});
  for (const aws::PriceChange& one : offers.changes) {
    table.row({one.what, one.unit, "$" + decimal_text(one.before.value),
               "$" + decimal_text(one.now.value), change_text(one)});
  }
  fmt::print("{}", table.text());
  std::fflush(stdout);
  for (const std::string& line : offers.left_out) warn(line);
  for (const aws::PriceChange& one : offers.changes) {
    if (!one.large()) continue;
    warn(fmt::format(
        "{}: the price of one {} went from ${} to ${}, by more than a factor of 2; look "
        "whether that can be",
        one.what, one.unit, decimal_text(one.before.value), decimal_text(one.now.value)));
  }
}

int refresh_book(const Flags& flags) {
  if (flags.out.empty() && !flags.dry_run)
    return refuse({ErrorCode::invalid, "--out FILE is needed, unless with --dry-run"});
  if (const Status may = writable(flags.out); !may) return refuse(may.error());
  const auto old = old_book(flags);
  if (!old) return refuse(old.error());
  const auto asked = ask(flags, *old);
  if (!asked) return refuse(asked.error());
  const std::string origin = flags.from.empty() ? kShipped : flags.from;
  const aws::RefreshedOffers offers = aws::refresh(*old, *asked, origin);
  show(offers);
  if (offers.machine_offers.empty() && offers.function_offers.empty()) {
    return refuse({ErrorCode::not_found,
                   fmt::format("AWS sells none of the offers of {} in {}; nothing is written",
                               origin, asked->region)});
  }
  // What was asked must be fit to be loaded before it takes a file's place.
  Catalog::Parts parts;
  parts.machine_offers = offers.machine_offers;
  parts.function_offers = offers.function_offers;
  if (const auto fit = Catalog::build(std::move(parts)); !fit)
    return refuse(
        {ErrorCode::unavailable, "what AWS answered makes no price book: " + fit.error().message});
  if (flags.dry_run) {
    fmt::print("\nnothing is written, for this is a dry run\n");
    return 0;
  }
  const PriceBook book{
      head_text(*asked, origin),
      fmt::format("AWS {}, EC2 and Lambda, list prices of {} and spot prices from {} on.",
                  asked->region, date(asked->read), date(asked->spot_from)),
      offers.machine_offers, offers.function_offers};
  if (const Status written = write_file(flags.out, price_book_text(book)); !written)
    return refuse(written.error());
  fmt::print("\n{}: {} machine offers, {} function offers\n", flags.out,
             offers.machine_offers.size(), offers.function_offers.size());
  return 0;
}

}  // namespace

void add_catalog_refresh(CLI::App& catalog, std::function<int()>& action) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = catalog.add_subcommand(
      "refresh", "Write a price book with AWS's prices of today; buys nothing");
  command
      ->add_option("--from", flags->from,
                   "The book whose offers to price (any catalog) [" + std::string(kShipped) + "]")
      ->check(CLI::ExistingFile);
  command->add_option("--out", flags->out, "Write the new book to this file");
  command->add_option("--region", flags->region, "AWS region [as AWS's own tools find it]");
  command
      ->add_option("--spot-days", flags->spot_days,
                   "Spot prices: the median of so many days, 1 to 90 [7]")
      ->check(between(1, 90));
  command
      ->add_option("--architecture", flags->architecture,
                   "Of the functions: x86_64 or arm64 [x86_64]")
      ->check(one_of({"x86_64", "arm64"}));
  command->add_flag("--dry-run", flags->dry_run, "Print every call to AWS, and write nothing");
  command->footer(
      "Exit status: 0 written, 1 AWS refused or sells none of it, 2 something given is wrong.\n"
      "What changes and what is kept: docs/aws.md, Prices.");
  command->callback([flags, &action] { action = [flags] { return refresh_book(*flags); }; });
}

}  // namespace paragon
