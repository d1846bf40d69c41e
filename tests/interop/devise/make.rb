# What a developer does once: Devise's generators, the modules that are wanted, the migration.
require_relative "config/application"
Rails.application.initialize!
Dir.chdir(Rails.root)
Rails.application.load_generators
Rails::Generators.invoke("devise:install", ["--quiet"])
Rails::Generators.invoke("devise", ["User", "--quiet"])

def change(file)
  File.write(file, yield(File.read(file)))
end

migration = Dir["db/migrate/*_devise_create_users.rb"].fetch(0)
# The columns of Confirmable and of Lockable are there, as comments.
change(migration) { |text| text.gsub(/# (t\.\w+ +:(?:confirm|unconfirm|failed_|unlock_|locked_)|add_index)/, '\1') }
change("app/models/user.rb") { |text| text.sub(":validatable", ":validatable, :confirmable, :lockable") }
ActiveRecord::Tasks::DatabaseTasks.migrate
