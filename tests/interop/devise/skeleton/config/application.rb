# An application of Rails with nothing in it: what Devise's generators need to be run in.
require "json"
require "rails"
require "active_record/railtie"
require "action_controller/railtie"
require "action_mailer/railtie"
require "devise"

module Shop
  class Application < Rails::Application
    site = JSON.parse(File.read(File.expand_path("../settings.json", __dir__)))
    config.root = File.expand_path("..", __dir__)
    config.load_defaults 6.1
    config.eager_load = true
    config.secret_key_base = site["secret"]
    config.logger = Logger.new(config.root.join("log"))
    config.action_controller.allow_forgery_protection = false
    config.action_mailer.delivery_method = :test
    scheme, host = site["base"].split("://")
    config.action_mailer.default_url_options = { protocol: scheme, host: host }
  end
end
