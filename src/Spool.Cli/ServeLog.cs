using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Spool.Cli;

/// <summary>The log of a server: one JSON object in each line of standard error.</summary>
static class ServeLog
{
    /// <summary>Gives what sets the log up, or null for no log.</summary>
    /// <param name="level">The least important entries to write.</param>
    public static Action<ILoggingBuilder>? To(string level) =>
        level == "none"
            ? null
            : logging =>
            {
                logging.SetMinimumLevel(Enum.Parse<LogLevel>(level, ignoreCase: true));
                // Of the framework only what is wrong: its other entries are several for each request. What a connection does that it ends
                // for that is no matter for the operator of the server.
                logging.AddFilter("Microsoft", LogLevel.Warning);
                logging.AddFilter("Grpc", LogLevel.Warning);
                logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None);
                // what goes wrong at the start is said in a sentence of the command
                logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
                logging.AddJsonConsole(json =>
                {
                    json.UseUtcTimestamp = true;
                    json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
                });
                logging.Services.Configure((ConsoleLoggerOptions console) => console.LogToStandardErrorThreshold = LogLevel.Trace);
            };
}
