namespace DagShell.Files;

/// <summary>Make's rule: what is made of files is up to date where all of it is there, and none of it is older than any of those.</summary>
internal static class FileTimes
{
    /// <summary>The time of what an attempt has written that did not come to its end: older than whatever it may be made of.</summary>
    private static readonly DateTime Unfinished = new(1980, 1, 2, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Has a file not be taken for done.</summary>
    public static void MarkUnfinished(FileSystemInfo file)
    {
        try
        {
            file.LastWriteTimeUtc = Unfinished;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What cannot be touched looks done; so it does to all who go by its time.
        }
    }

    /// <summary>Whether outputs are up to date. Where nothing is said to come out, nothing is.</summary>
    /// <param name="inputs">What they are made of. An input that is not there is newer than everything.</param>
    /// <param name="outputs">The outputs.</param>
    public static bool AreUpToDate(IReadOnlyList<PathPattern> inputs, IReadOnlyList<PathPattern> outputs)
    {
        DateTime oldest = DateTime.MaxValue;
        foreach (PathPattern output in outputs)
        {
            IReadOnlyList<FileSystemInfo> files = output.Find();
            if (files.Count == 0)
            {
                return false;
            }

            foreach (FileSystemInfo file in files)
            {
                DateTime time = TimeOf(file);
                if (time == Unfinished)
                {
                    return false;
                }

                oldest = time < oldest ? time : oldest;
            }
        }

        return outputs.Count > 0 && inputs.All(input => IsNotNewer(input, oldest));
    }

    private static bool IsNotNewer(PathPattern input, DateTime time)
    {
        IReadOnlyList<FileSystemInfo> files = input.Find();
        return (files.Count > 0 || input.Literal is null) && files.All(file => TimeOf(file) <= time);
    }

    /// <summary>When a file was last written; of a folder, when anything in it was.</summary>
    private static DateTime TimeOf(FileSystemInfo file)
    {
        FileSystemInfo target = file.Attributes.HasFlag(FileAttributes.ReparsePoint) ? file.ResolveLinkTarget(true) ?? file : file;
        if (target is not DirectoryInfo folder)
        {
            return target.LastWriteTimeUtc;
        }

        IEnumerable<DateTime> inside = folder
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(inner => inner.LastWriteTimeUtc);
        return inside.DefaultIfEmpty(folder.LastWriteTimeUtc).Max();
    }
}
