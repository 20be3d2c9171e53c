using System.Globalization;

namespace Spool;

/// <summary>Where a rollout with a given name can be.</summary>
static class RolloutPlaces
{
    /// <summary>Gives the absolute paths, plain and compressed, active and archived.</summary>
    public static IEnumerable<string> Of(HomeLayout layout, string name)
    {
        var plain = RolloutFileName.PlainName(name);
        var folders = new List<string> { HomeLayout.Archived };
        if (RolloutFileName.TryParse(plain, out var parsed))
            folders.Add(string.Create(CultureInfo.InvariantCulture, $"{HomeLayout.Sessions}/{parsed.Time:yyyy}/{parsed.Time:MM}/{parsed.Time:dd}"));
        return folders.SelectMany(folder => (string[])[layout.Absolute($"{folder}/{plain}"), layout.Absolute($"{folder}/{plain}.zst")]);
    }

    /// <summary>Gives the files that recovery set aside beside a rollout, and one that was not finished.</summary>
    public static IEnumerable<string> SetAside(string rollout)
    {
        var folder = Path.GetDirectoryName(rollout)!;
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(rollout) + ".torn-*"), UnfinishedFiles.PathFor(rollout)]
            : [];
    }
}
