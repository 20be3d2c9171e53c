using System.Globalization;

namespace Spool.Local.Tests;

/// <summary>How long the tests run that can run for any time: short by default, as environment variables say otherwise.</summary>
static class Settings
{
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
