using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Spool.Cli;

/// <summary>The log of a server: one JSON object in each line of standard error.</summary>
static class ServeLog
{
    /// <summary>Gives what sets the log up, or null for no log.</summary>
    /// <param name="level">The least important entries to write.</param>
    public static Action<ILoggingBuilder>? To(string level) => level == "none" ? null : logging =>
    {
        logging.SetMinimumLevel(Enum.Parse<LogLevel>(level, ignoreCase: true));
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // what goes wrong at the start is said in a sentence of the command
        logging.AddJsonConsole(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        logging.Services.Configure((ConsoleLoggerOptions console) => console.LogToStandardErrorThreshold = LogLevel.Trace);
    };
}
