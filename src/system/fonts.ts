import bold from 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf';
import mono from 'dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf';
import regular from 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf';

/** The fonts of everything that is printed. DejaVu has every European script. They are in the bundle. */
export const FONTS = { regular, bold, mono };
