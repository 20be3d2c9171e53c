using System.Text;
using System.Text.Json;

namespace Spool.Cli;

/// <summary>Says what went wrong: one line of words, and one of JSON for a program that asked for it.</summary>
static class ErrorOutput
{
    /// <summary>Says an error.</summary>
    /// <returns>The exit code.</returns>
    public static int Fail(this CommandContext context, ThreadStoreErrorCode code, string message, OutputFormat format)
    {
        message = context.Hints.Complete(message);
        context.Say(message);
        if (format == OutputFormat.Json)
            context.Error.WriteLine(ErrorJson(code, message));
        return ExitCodes.Of(code);
    }

    static string ErrorJson(ThreadStoreErrorCode code, string message)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, JsonOutput.Options))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, EnumNames.Camel(code));
            writer.WriteString("message"u8, message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
