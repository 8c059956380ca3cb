#include "cloud/aws/price_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "cloud/aws/ownership.h"
#include "cloud/aws/service.h"

namespace paragon::aws {
namespace {

constexpr int kSpotPageSize = 1000;
constexpr int kPagesMost = 500;  // of one question: more is no end

}  // namespace

struct PriceSurvey::Impl : std::enable_shared_from_this<Impl> {
  using Done = std::function<void(Result<AskedPrices>)>;
  using Priced = std::function<void(Impl&, const price_list::ListPrice&)>;

  Impl(Account& of, PriceQuestions asked_for, std::uint64_t seeded)
      : account(of), questions(std::move(asked_for)), seed(seeded) {}

  void run(Done then) {
    done = std::move(then);
    auto list = Service::open(account, services::kPricing, seed, price_list::kRegion);
    auto machines = Service::open(account, services::kEc2, seed);
    for (const auto* service : {&list, &machines}) {
      if (*service) continue;
      return account.loop().post([weak = weak_from_this(), error = service->error()] {
        if (auto self = weak.lock()) self->finish(error);
      });
    }
    pricing = std::move(*list);
    ec2 = std::move(*machines);
    prices.region = account.region();
    prices.architecture = questions.architecture;
    prices.read = account.now();
    prices.spot_from = prices.read - std::chrono::days(questions.spot_days);
    for (const std::string& type : questions.types)
      steps.push_back([type](Impl& self) { self.ask_hour(type); });
    if (questions.functions) {
      steps.push_back(&Impl::ask_gb_second);
      steps.push_back(&Impl::ask_call);
      steps.push_back(&Impl::ask_provisioned);
      steps.push_back(&Impl::ask_provisioned_run);
    }
    account.loop().post([weak = weak_from_this()] {
      if (auto self = weak.lock()) self->next();
    });
  }

  void next() {
    pages = 0;
    if (steps.empty()) return finish(std::exchange(prices, {}));
    const auto step = std::move(steps.front());
    steps.pop_front();
    step(*this);
  }

  // --- the price list

  void ask_hour(const std::string& type) {
    ask(price_list::instance_hour(type, prices.region), type,
        [type](Impl& self, const price_list::ListPrice& price) {
          self.prices.hour[type] = price;
          // What is not sold at all need not be asked for, and may be an error to ask for.
          const auto& spot = self.questions.spot_types;
          if (std::ranges::find(spot, type) != spot.end())
            self.steps.push_front([type](Impl& me) { me.ask_spot(type); });
        });
  }

  void ask_gb_second() {
    ask(price_list::function_gb_second(questions.architecture, prices.region), kFunctions,
        [](Impl& self, const auto& price) { self.prices.gb_second = price; });
  }

  void ask_call() {
    ask(price_list::function_call(questions.architecture, prices.region), kFunctions,
        [](Impl& self, const auto& price) { self.prices.call = price; });
  }

  void ask_provisioned() {
    ask(price_list::provisioned_gb_second(questions.architecture, prices.region), kProvisioned,
        [](Impl& self, const auto& price) { self.prices.provisioned = price; });
  }

  void ask_provisioned_run() {
    ask(price_list::provisioned_run_gb_second(questions.architecture, prices.region), kProvisioned,
        [](Impl& self, const auto& price) { self.prices.provisioned_run = price; });
  }

  void ask(price_list::GetProducts question, const std::string& of, Priced then) {
    products.clear();
    page(std::move(question), of, std::move(then));
  }

  void page(price_list::GetProducts question, const std::string& of, Priced then) {
    ServiceCall call{price_list::request(pricing->host(), question), actions::kGetProducts};
    pricing->send(std::move(call), [weak = weak_from_this(), question = std::move(question), of,
                                    then = std::move(then)](const Reply& reply) {
      auto self = weak.lock();
      if (!self) return;
      if (const auto* why = std::get_if<Refusal>(&reply)) return self->finish(why->error);
      auto read = price_list::read_get_products(std::get<http::Answer>(reply).body);
      if (!read) return self->finish(read.error());
      self->turned(std::move(*read), question, of, then);
    });
  }

  void turned(price_list::ProductPage read, price_list::GetProducts question, const std::string& of,
              const Priced& then) {
    std::ranges::move(read.products, std::back_inserter(products));
    if (!read.next_token.empty()) {
      if (++pages > kPagesMost) return finish(no_end(question.what));
      question.next_token = read.next_token;
      return page(std::move(question), of, then);
    }
    const auto price = price_list::price_of(question, products);
    if (!price) {
      prices.unclear[of] = price.error().message;
    } else if (*price) {
      then(*this, **price);
    }
    next();
  }

  // --- spot prices

  void ask_spot(const std::string& type) {
    history.clear();
    spot_page(type, "");
  }

  void spot_page(const std::string& type, const std::string& next_token) {
    ec2::DescribeSpotPriceHistory question;
    question.instance_types = {type};
    question.products = {kSpotProduct};
    question.from = prices.spot_from;
    question.until = prices.read;
    question.page_size = kSpotPageSize;
    question.next_token = next_token;
    ServiceCall call{ec2::request_for(ec2->host(), question), actions::kDescribeSpotPriceHistory};
    ec2->send(std::move(call), [weak = weak_from_this(), type](const Reply& reply) {
      auto self = weak.lock();
      if (!self) return;
      if (const auto* why = std::get_if<Refusal>(&reply)) return self->finish(why->error);
      auto read = ec2::read_describe_spot_price_history(std::get<http::Answer>(reply).body);
      if (!read) return self->finish(read.error());
      self->spot_turned(type, std::move(*read));
    });
  }

  void spot_turned(const std::string& type, ec2::SpotPricePage read) {
    std::ranges::copy_if(read.prices, std::back_inserter(history),
                         [&](const ec2::SpotPrice& one) { return one.instance_type == type; });
    if (!read.next_token.empty()) {
      if (++pages > kPagesMost) return finish(no_end("spot prices of " + type));
      return spot_page(type, read.next_token);
    }
    if (const auto median = spot_median(history, prices.spot_from, prices.read))
      prices.spot_hour[type] = *median;
    next();
  }

  // --- the end

  static Error no_end(const std::string& what) {
    return {ErrorCode::unavailable,
            fmt::format("{}: the answer has more than {} pages", what, kPagesMost)};
  }

  void finish(Result<AskedPrices> result) {
    const auto self = shared_from_this();  // who asked may end us
    if (auto then = std::exchange(done, nullptr)) then(std::move(result));
  }

  Account& account;
  PriceQuestions questions;
  std::uint64_t seed;
  Done done;
  std::unique_ptr<Service> pricing;
  std::unique_ptr<Service> ec2;
  std::deque<std::function<void(Impl&)>> steps;
  int pages = 0;                              // of the question at hand
  std::vector<price_list::Product> products;  // answered to it
  std::vector<ec2::SpotPrice> history;        // likewise
  AskedPrices prices;
};

PriceQuestions PriceQuestions::of(const Catalog& catalog) {
  PriceQuestions out;
  std::set<std::string> types, spot_types;
  for (const MachineOffer& offer : catalog.machine_offers()) {
    const std::string type = instance_type(offer);
    if (types.insert(type).second) out.types.push_back(type);
    if (offer.market == Market::spot && spot_types.insert(type).second)
      out.spot_types.push_back(type);
  }
  out.functions = !catalog.function_offers().empty();
  return out;
}

PriceSurvey::PriceSurvey(Account& account, PriceQuestions questions, std::uint64_t seed)
    : impl_(std::make_shared<Impl>(account, std::move(questions), seed)) {}

PriceSurvey::~PriceSurvey() { impl_->done = nullptr; }

void PriceSurvey::run(std::function<void(Result<AskedPrices>)> done) {
  impl_->run(std::move(done));
}

}  // namespace paragon::aws
