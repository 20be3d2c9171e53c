using System.Text;
using System.Text.Json;

namespace Spool.Cli;

/// <summary>Says what went wrong: one line of words, with one more for each thread that may be meant, and one of JSON for a program that
/// asked for it.</summary>
static class ErrorOutput
{
    /// <summary>Says an error.</summary>
    /// <returns>The exit code.</returns>
    public static int Fail(this CommandContext context, ThreadStoreErrorCode code, string message, OutputFormat format) =>
        context.Fail(new ThreadStoreException(code, message), format);

    /// <summary>Says an error of a store, and in JSON what it is about.</summary>
    /// <returns>The exit code.</returns>
    public static int Fail(this CommandContext context, ThreadStoreException error, OutputFormat format)
    {
        var message = context.Hints.Complete(error.Message);
        if (error.InnerException is SeveralThreadsException several)
        {
            context.SayError(several.Message);
            foreach (var thread in several.Threads)
                context.SayBelow(thread);
        }
        else
            context.SayError(message);
        if (format == OutputFormat.Json)
            context.Error.WriteLine(Json(error, message));
        return ExitCodes.Of(error.Code);
    }

    static string Json(ThreadStoreException error, string message)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, JsonOutput.Options))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error"u8);
            ErrorJson.WriteMembers(writer, error);
            writer.WriteString("message"u8, message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
