using System.Globalization;

namespace Spool;

/// <summary>Where a rollout can be: Codex and Spool move it between the folder of its day and the archive, and compress it or
/// not.</summary>
static class RolloutPlaces
{
    /// <summary>Gives the paths in the home, plain and compressed, active and archived.</summary>
    public static IReadOnlyList<string> Of(RolloutRow row)
    {
        var plain = RolloutFileName.PlainName(row.Name);
        string[] places = [$"{HomeLayout.Archived}/{plain}", RolloutFileName.PlainName(ActiveOf(row))];
        return [.. places, .. places.Select(place => place + ".zst")];
    }

    /// <summary>Gives the paths in the home of a rollout of which only the path is known.</summary>
    public static IReadOnlyList<string> Of(string path)
    {
        var name = Path.GetFileName(path);
        var plain = RolloutFileName.PlainName(name);
        List<string> places = [path, $"{HomeLayout.Archived}/{plain}"];
        if (RolloutFileName.IsDocument(name))
            places.Add($"{HomeLayout.Sessions}/{name}");
        else if (RolloutFileName.TryParse(name, out var parsed))
            places.Add($"{FolderOf(parsed.Time)}/{plain}");
        return [.. places, .. places.Select(place => RolloutFileName.PlainName(place) + ".zst")];
    }

    /// <summary>Gives the path in the home of an active rollout: in the folder of the day that its name says. When rollouts were documents,
    /// days had no folders.</summary>
    public static string ActiveOf(RolloutRow row)
    {
        if (RolloutFileName.IsDocument(row.Name))
            return $"{HomeLayout.Sessions}/{row.Name}";
        // A name without a time belongs to no day; the thread's own does then.
        var day = RolloutFileName.TryParse(row.Name, out var name)
            ? name.Time
            : row.Scan.Facts.CreatedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, row.Stamp.ModifiedNs / 1_000_000));
        return $"{FolderOf(day)}/{row.Name}";
    }

    /// <summary>Gives the files that were made beside a rollout: what recovery set aside, one that was not finished, and the mark of one in
    /// doubt.</summary>
    public static IEnumerable<string> Beside(string rollout)
    {
        var folder = Path.GetDirectoryName(rollout)!;
        return Directory.Exists(folder)
            ?
            [
                .. Directory.EnumerateFiles(folder, Path.GetFileName(rollout) + ".torn-*"),
                UnfinishedFiles.PathFor(rollout),
                DoubtfulRollouts.MarkOf(rollout),
            ]
            : [];
    }

    static string FolderOf(DateTimeOffset day) =>
        string.Create(CultureInfo.InvariantCulture, $"{HomeLayout.Sessions}/{day:yyyy}/{day:MM}/{day:dd}");
}
